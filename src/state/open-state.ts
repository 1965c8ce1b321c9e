import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf, RunError } from '../core/errors.ts';
import { ContactState } from './contact-state.ts';
import type { State } from './state.ts';
import { faultOfData } from './storage/check-data-file.ts';
import { faultOfFormatVersion, writeFormatVersion } from './storage/format-version.ts';
import { LmdbStorage } from './storage/lmdb-storage.ts';
import { DamagedStorage, type Storage } from './storage/storage.ts';
import { Store } from './storage/store.ts';
import { ageOfStore } from './storage/store-age.ts';

export interface OpenStateOptions {
  readonly clock: Clock;
  /** For dry runs: nothing is written, and where there is no state nothing is made. */
  readonly readOnly?: boolean;
  /** Contacts will be written to: what stores of other shares know of them is outdated from now on. */
  readonly sends?: boolean;
  /** Names everything beside the mapping that decides what cells are read as, e.g. the versions of what reads them. */
  readonly readBy?: string;
  /** Handed what the user should know that turns up after the state was opened. */
  readonly onNote?: (note: string) => void;
}

/**
 * Opens the state of an account, `DIR/<account>`, made where it is missing (mode 0700, files 0600). One that cannot
 * be read is moved aside and begun anew: more is sent, never less. `mappingHash` names the mapping. Throws `RunError`
 * (2) where the state is of a newer version or the directory cannot be used. Only one process may write; the lock of
 * the run sees to that.
 */
export async function openState(
  dir: string,
  account: string,
  mappingHash: string,
  options: OpenStateOptions,
): Promise<State> {
  const { clock, readOnly: isReadOnly = false, sends: isSending = false, readBy = '' } = options;
  const { onNote = () => {} } = options;
  const path = join(dir, account);
  const notes: string[] = [];
  const { isOutdated, next } = ageOfStore(path);
  const isForgotten = isOutdated && (isSending || isReadOnly) && existsSync(join(path, 'data.mdb'));
  if (isForgotten) forget(path, isReadOnly, notes);
  const age = isSending && !isReadOnly ? next : undefined;
  const open = async (): Promise<Store> =>
    new Store({
      disk: isForgotten && isReadOnly ? undefined : await openDisk(path, isReadOnly, notes, age),
      isKept: !isReadOnly,
      clock,
      onClosed: () => noteClosed(path),
      async replace(damaged, { message }) {
        const late: string[] = [];
        if (isReadOnly) skip(path, message, late);
        await damaged.close().catch(() => {}); // it is of no use any more
        if (!isReadOnly) moveAside(path, message, late);
        for (const note of late) onNote(note);
        return isReadOnly ? undefined : openDisk(path, false, [], age);
      },
    });
  const store = await open().catch((cause: unknown) => {
    if (!(cause instanceof DamagedStorage)) throw cause;
    if (!isReadOnly) moveAside(path, cause.message, notes);
    else return new Store({ disk: skip(path, cause.message, notes), isKept: false, clock });
    return open();
  });
  // who only reads may do so while another process writes
  if (!isReadOnly && store.meta.get('is-clean') === false) notes.push(UNCLEAN);
  const kept = store.meta.get('salt');
  const salt = typeof kept === 'string' ? kept : randomBytes(16).toString('hex');
  store.setMeta('salt', salt);
  store.setMeta('is-clean', false);
  // both reach the disk with the first contact that does: until then it is as it was found
  return new ContactState({ store, salt, mappingHash, readBy, clock, isReadOnly, notes });
}

// --- internal ---

const UNCLEAN =
  'the last run that used the state was cut off: what it was sending then counts as in doubt and is sent again';

async function openDisk(
  path: string,
  isReadOnly: boolean,
  notes: string[],
  age: number | undefined,
): Promise<Storage | undefined> {
  if (isReadOnly && !existsSync(join(path, 'data.mdb'))) return undefined;
  try {
    if (!isReadOnly) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      // an older directory may be open to others
      chmodSync(path, 0o700);
    }
    const fault = faultOfFormatVersion(path) ?? faultOfData(path, isReadOnly);
    if (fault && isReadOnly) return skip(path, fault, notes);
    if (fault) moveAside(path, fault, notes);
    if (!isReadOnly) writeFormatVersion(path, false, age);
    return await LmdbStorage.open(path, isReadOnly);
  } catch (cause) {
    if (cause instanceof RunError || cause instanceof DamagedStorage) throw cause;
    if (isReadOnly) return skip(path, messageOf(cause), notes);
    throw new RunError(
      'ERR_STATE',
      `cannot use the state in ${path}: ${messageOf(cause)}. Give a directory that can be written with --state`,
      { cause },
    );
  }
}

/** What cannot be noted of a store that is closed leaves it as good as it is, only unchecked by the next run. */
function noteClosed(path: string): void {
  try {
    writeFormatVersion(path, true);
  } catch {
    // a full disk, say
  }
}

/** A dry run goes on without a state that cannot be read: it plans to send more. */
function skip(path: string, why: string, notes: string[]): undefined {
  notes.push(
    `the state in ${path} cannot be read (${why}): compared with nothing, so that everything counts as changed`,
  );
}

/** What is outdated is of no use: some of it is wrong, and nothing says which. */
function forget(path: string, isReadOnly: boolean, notes: string[]): void {
  faultOfFormatVersion(path); // refuses the store of a newer program
  if (!isReadOnly) rmSync(path, { recursive: true, force: true });
  notes.push(
    `runs over another share of the contacts have sent since the state in ${path} was written, so it may be outdated: compared with nothing, so that everything is sent once more`,
  );
}

function moveAside(path: string, why: string, notes: string[]): void {
  let aside = `${path}.unreadable`;
  for (let n = 2; existsSync(aside); n++) aside = `${path}.unreadable-${n}`;
  renameSync(path, aside);
  mkdirSync(path, { mode: 0o700 });
  notes.push(
    `the state in ${path} cannot be read (${why}): moved to ${aside} and begun anew, so that everything is sent once more`,
  );
}
