import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, RunError } from '../core/errors.ts';
import type { JsonValue } from '../core/types.ts';
import { faultOfData } from './storage/check-data-file.ts';
import { faultOfFormatVersion, readStamp, writeStamp } from './storage/format-version.ts';
import { LmdbStorage } from './storage/lmdb-storage.ts';
import type { OtherStore } from './storage/other-stores.ts';
import { DamagedStorage, type Storage } from './storage/storage.ts';
import type { StoreBeside } from './storage/stores-beside.ts';

/** The database of a store, as it was opened. */
export interface OwnDisk {
  readonly disk: Storage | undefined;
  /** What stands under `meta`; nothing where there is no disk. */
  readonly meta: ReadonlyMap<string, JsonValue>;
  /** What there was could not be read. */
  readonly isLost: boolean;
}

/** Of a dry run where there is no store. */
export const NO_DISK: OwnDisk = { disk: undefined, meta: new Map(), isLost: false };

/**
 * Opens the database of the run's own store. One that cannot be read is moved aside, or, by a dry run, left out; `notes` get
 * what the user should know of that. Throws `RunError` (2) where the directory cannot be used.
 */
export async function openDisk(path: string, isReadOnly: boolean, notes: string[]): Promise<OwnDisk> {
  if (isReadOnly && !existsSync(join(path, 'data.mdb'))) return NO_DISK;
  let isLost = false;
  const lose = (why: string): OwnDisk => {
    if (isReadOnly) skip(path, why, notes);
    else moveAside(path, why, notes);
    isLost = true;
    return { ...NO_DISK, isLost };
  };
  try {
    if (!isReadOnly) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      // an older directory may be open to others
      chmodSync(path, 0o700);
    }
    const fault = faultOfFormatVersion(path) ?? faultOfData(path, isReadOnly);
    if (fault !== undefined) {
      const lost = lose(fault);
      if (isReadOnly) return lost;
    }
    // a database without one would count as damaged
    if (!isReadOnly && !readStamp(path)) writeStamp(path, { age: 0, since: 0, isKeyed: false });
    try {
      return { ...(await openLmdb(path, isReadOnly)), isLost };
    } catch (cause) {
      if (!(cause instanceof DamagedStorage)) throw cause;
      const lost = lose(cause.message);
      if (isReadOnly) return lost;
      writeStamp(path, { age: 0, since: 0, isKeyed: false });
      return { ...(await openLmdb(path, false)), isLost };
    }
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    if (isReadOnly) return lose(messageOf(cause));
    throw new RunError(
      'ERR_STATE',
      `cannot use the state in ${path}: ${messageOf(cause)}. Give a directory that can be written with --state`,
      { cause },
    );
  }
}

/** Opens what lies beside one's own store for reading, the newest first, and tells from which epoch on it is all there. */
export async function openOthers(
  beside: readonly StoreBeside[],
  epoch: number,
  notes: string[],
): Promise<{ readonly stores: readonly OtherStore[]; readonly since: number }> {
  const stores: OtherStore[] = [];
  let since = 0;
  for (const { path, stamp, isSibling } of beside) {
    since = Math.max(since, stamp?.since ?? 0);
    try {
      const fault = faultOfFormatVersion(path) ?? faultOfData(path, true);
      if (fault !== undefined || !stamp) throw new DamagedStorage(fault ?? 'it has no state.json');
      // one that was made and never written to
      if (!existsSync(join(path, 'data.mdb'))) continue;
      stores.push({ ...(await openLmdb(path, true)), stamp, isSibling });
    } catch (cause) {
      if (cause instanceof RunError) {
        await closeAll(stores);
        throw cause;
      }
      notes.push(otherUnreadable(path, messageOf(cause)));
      since = Math.max(since, stamp ? stamp.age + 1 : epoch);
    }
  }
  return { stores, since };
}

/** Closes what was opened, after another one could not be. */
export async function closeAll(stores: readonly { readonly disk: Storage | undefined }[]): Promise<void> {
  for (const { disk } of stores) await disk?.close().catch(() => {}); // nothing was written
}

/** A dry run goes on without a state that cannot be read: it plans to send more. */
export function skip(path: string, why: string, notes: string[]): void {
  notes.push(
    `the state in ${path} cannot be read (${why}): compared with nothing, so that everything counts as changed`,
  );
}

/** A state that cannot be read takes another name, and an empty directory its place. */
export function moveAside(path: string, why: string, notes: string[]): void {
  let aside = `${path}.unreadable`;
  for (let n = 2; existsSync(aside); n++) aside = `${path}.unreadable-${n}`;
  renameSync(path, aside);
  mkdirSync(path, { mode: 0o700 });
  notes.push(
    `the state in ${path} cannot be read (${why}): moved to ${aside} and begun anew, so that everything is sent once more`,
  );
}

/** Says that another store of the account cannot be read. */
export const otherUnreadable = (path: string, why: string): string =>
  `the state in ${path} cannot be read (${why}): what it knew of contacts is not known here either, so that more is sent`;

// --- internal ---

/** A database with what is read of it at once, so that one of which not even that can be read is noticed. */
async function openLmdb(path: string, isReadOnly: boolean) {
  const disk = await LmdbStorage.open(path, isReadOnly);
  try {
    const entries = disk.log.read();
    const logged = entries.flatMap((entry) =>
      entry.kind === 'meta' ? [[entry.key, entry.value] as const] : [],
    );
    const doubts = entries.flatMap((entry) => (entry.kind === 'doubt' ? [entry.doubt] : []));
    return { disk, meta: new Map([...disk.meta(), ...logged]), doubts };
  } catch (cause) {
    await disk.close().catch(() => {});
    throw cause;
  }
}
