import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { codeOf, EXIT, messageOf, RunError } from '../core/errors.ts';
import { shownPath } from '../core/shell-text.ts';
import type { JsonValue } from '../core/types.ts';
import { ContactState } from './contact-state.ts';
import { closeAll, moveAside, NO_DISK, openDisk, openOthers, otherUnreadable, skip } from './open-disks.ts';
import { readOutdated, writeOutdated } from './outdated.ts';
import { openRunCount, readRunCount } from './run-count.ts';
import type { State } from './state.ts';
import { readStamp, type Stamp, writeStamp } from './storage/format-version.ts';
import { OtherStores } from './storage/other-stores.ts';
import { Store } from './storage/store.ts';
import { storesBeside } from './storage/stores-beside.ts';

export interface OpenStateOptions {
  readonly clock: Clock;
  /** For dry runs: nothing is written, and where there is no state nothing is made. */
  readonly readOnly?: boolean;
  /** A shard of a mapping that finds contacts by their keys: other shards may have met its contacts. */
  readonly isKeyed?: boolean;
  /** Something without this state has sent to the account since it was last in use: nothing that it knows counts. */
  readonly isOutdated?: boolean;
  /** Names everything beside the mapping that decides what cells are read as, e.g. the versions of what reads them. */
  readonly readBy?: string;
  /** Handed what the user should know that turns up after the state was opened. */
  readonly onNote?: (note: string) => void;
}

/**
 * Opens the state of an account, `DIR/<account>`, made where it is missing (mode 0700, files 0600), and what lies beside
 * it: a shard has a store of its own, `DIR/<account>-1of4`, and each knows what the others know. One that cannot be read is
 * moved aside and begun anew: more is sent, never less. `mappingHash` names the mapping. Throws `RunError` (2) where the
 * state is of a newer version or the directory cannot be used. Only one process may write to a store; the lock of the run
 * sees to that.
 */
export async function openState(
  dir: string,
  account: string,
  mappingHash: string,
  options: OpenStateOptions,
): Promise<State> {
  const { clock, readOnly: isReadOnly = false, isKeyed = false, readBy = '' } = options;
  const { onNote = () => {} } = options;
  const path = join(dir, account);
  const notes: string[] = [];
  const beside = storesBeside(path, isKeyed);
  const others = await openOthers(beside.overlapping, beside.epoch, notes);
  const before = readStamp(path);
  let since = Math.max(others.since, before?.since ?? 0);
  const openOwn = () =>
    openDisk(path, isReadOnly, notes).catch(async (cause: unknown) => {
      await closeAll(others.stores);
      throw cause;
    });
  let own = await openOwn();
  let kept = saltIn(own.meta);
  const newest = others.stores.find(({ isSibling }) => !isSibling);
  const shared = newest && newest.stamp.age > (before?.age ?? 0) ? saltIn(newest.meta) : undefined;
  if (kept !== undefined && shared !== undefined && kept !== shared) {
    // two stores that hash with different salts would never know what the other one sent
    await own.disk?.close();
    if (isReadOnly) own = NO_DISK;
    else {
      rmSync(path, { recursive: true, force: true });
      own = await openOwn();
    }
    since = Math.max(since, (before?.age ?? 0) + 1);
    notes.push(OTHER_SALT(path));
    kept = undefined;
  }
  const count = isReadOnly ? readRunCount(dir, beside.account) : openRunCount(dir, beside.account);
  // shards that begin together have one salt, else none could read what another one knows
  const salt = kept ?? shared ?? saltIn(others.stores[0]?.meta) ?? count.id;
  const outdated = readOutdated(dir, beside.account);
  const isOutdated = options.isOutdated === true || outdated === undefined;
  const isKnowing = own.meta.size > 0 || others.stores.length > 0;
  const next = Math.max(beside.epoch, 1 + epochIn(own.meta, readStamp(path)), outdated ?? 0);
  const epoch = isOutdated ? Math.max(next, beside.highest + 1) : next;
  since = Math.max(since, isOutdated ? epoch : outdated);
  if (isOutdated && isKnowing) notes.push(OUTDATED(dir));
  // what a store that was lost had sent is not known to the others either
  if (own.isLost) since = epoch;
  const stamp = {
    age: epoch,
    begun: readStamp(path)?.begun ?? epoch,
    since,
    isKeyed: isKeyed || (before?.isKeyed ?? false),
  };
  const guarded = (write: () => void): void => {
    try {
      write();
    } catch (cause) {
      throw new RunError(
        'ERR_STATE_WRITE',
        `cannot write the state in ${path}: ${codeOf(cause) === 'ENOSPC' ? 'no space left on the device' : messageOf(cause)}. Nothing is lost: go on with --resume once it can be written`,
        { exitCode: EXIT.stopped, cause },
      );
    }
  };
  const keep = (changes: Partial<Stamp>, isClosed = false): void => {
    Object.assign(stamp, changes);
    if (!isReadOnly) guarded(() => writeStamp(path, stamp, isClosed));
  };
  keep({});
  if (isOutdated && !isReadOnly) guarded(() => writeOutdated(dir, beside.account, epoch));
  const sheets = new OtherStores({
    ...stamp,
    stores: others.stores,
    salt,
    onOutdated(since, cause) {
      try {
        keep({ since });
      } catch {
        // the next run finds the damage again
      }
      if (cause) onNote(otherUnreadable(dir, cause.message));
    },
  });
  const store = new Store({
    disk: own.disk,
    isKept: !isReadOnly,
    clock,
    onLost: () => sheets.forget(epoch),
    onClosed() {
      try {
        keep({}, true);
      } catch {
        // a full disk, say: it is as good as it is, only unchecked by the next run
      }
    },
    async replace(damaged, { message }) {
      const late: string[] = [];
      if (isReadOnly) skip(path, message, late);
      await damaged.close().catch(() => {}); // it is of no use any more
      if (!isReadOnly) moveAside(path, message, late);
      for (const note of late) onNote(note);
      if (isReadOnly) return undefined;
      const { disk } = await openDisk(path, false, []);
      keep({ begun: epoch, since: epoch });
      return disk;
    },
  });
  // who only reads may do so while another process writes
  const isCutOff = store.meta.get('is-clean') === false || store.wasCutOff;
  if (!isReadOnly && isCutOff) notes.push(UNCLEAN);
  store.setMeta('salt', salt);
  store.setMeta('is-clean', false);
  // both reach the disk with the first contact that does: until then it is as it was found
  return new ContactState({
    store,
    others: sheets,
    epoch,
    epochBefore: before?.age ?? 0,
    onEpoch: (age) => keep({ age }),
    salt,
    mappingHash,
    readBy,
    clock,
    isReadOnly,
    notes,
  });
}

// --- internal ---

const UNCLEAN =
  'the last run that used the state was cut off: what it was sending then counts as in doubt and is sent again';

const OUTDATED = (dir: string): string =>
  `a run without the state in ${shownPath(dir)} has sent to the account since it was last in use, so that what it knows may be outdated: all of it counts as unknown, and more is sent once`;

const OTHER_SALT = (path: string): string =>
  `the state in ${path} was begun by itself, and another one of the account has been in use since: begun anew with what that one knows, so that more may be sent once`;

function saltIn(meta: ReadonlyMap<string, JsonValue> | undefined): string | undefined {
  const salt = meta?.get('salt');
  return typeof salt === 'string' ? salt : undefined;
}

/** The last epoch of a store that counted by itself. */
function epochIn(meta: ReadonlyMap<string, JsonValue>, stamp: Stamp | undefined): number {
  const epoch = stamp?.begun === undefined ? meta.get('epoch') : undefined;
  return typeof epoch === 'number' ? epoch : 0;
}
