import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { codeOf, EXIT, RunError } from '../core/errors.ts';
import { shardText } from '../core/shard.ts';
import type { Holder } from './holder.ts';
import { admit } from './shard-lock.ts';

export type { Holder } from './holder.ts';

export interface LockOptions {
  /** Who runs the process, by number: in containers it may have no name. Others cannot look into our lock. */
  readonly uid?: number | undefined;
  readonly account: string;
  /** Directories that only one may write to: where the run directories lie, the state. Seen by every container that shares them. */
  readonly roots: readonly string[];
  readonly holder: Holder;
  readonly clock: Clock;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number;
  /** Ends the wait. */
  readonly draining: AbortSignal;
  readonly onWait: (holder: Holder | undefined) => void;
  /** The lock that all runs of the machine share cannot be had, and why; the others keep away whoever uses the same folders. */
  readonly onNoMachineLock: (why: string) => void;
  /** No lock can be had on these file systems: nothing keeps another run away. */
  readonly onUnguarded: () => void;
}

const POLL_MS = 250;
/** Who only looks around is through in milliseconds; if it is stopped meanwhile it counts as working. */
const PASSING_POLL_MS = 20;
const PASSING_MS = 10_000;

/**
 * Takes the lock of an account: one run at a time on one machine, or the shards of one job side by side. The lock is a
 * listening socket, which the kernel closes with its process however that dies, so a dead holder is told from a living
 * one at once, across containers too. There is one for the machine in a folder of the user's own below the temporary one,
 * and one in each of `roots`.
 * Throws `ERR_LOCKED` (exit 4) naming the holder. Gives how to release.
 */
export async function takeLock(options: LockOptions): Promise<() => void> {
  const { clock, draining, holder } = options;
  const releases: (() => void)[] = [];
  const release = (): void => {
    for (const one of releases.splice(0).reverse()) one();
  };
  const begunAt = clock.monotonic();
  const giveUpAt = begunAt + options.waitMs;
  let told = false;
  const machine = machineFolder(options.uid);
  let fault = machine.fault;
  const dirs = fault === undefined ? [join(machine.path, options.account)] : [];
  for (const dir of [...dirs, ...rootLocks(options)]) {
    for (;;) {
      const taken = await admit(dir, holder, clock.random);
      if (taken.kind === 'taken') releases.push(taken.release);
      if (taken.kind === 'impossible' && dirs.includes(dir)) fault = 'no lock can be kept in it';
      if (taken.kind === 'taken' || taken.kind === 'impossible') break; // then the other lock must do
      const now = clock.monotonic();
      const isPassing = taken.kind === 'passing' && now < begunAt + PASSING_MS;
      if ((!isPassing && now >= giveUpAt) || draining.aborted) {
        release();
        throw locked(taken.holder, options.waitMs > 0);
      }
      if (!isPassing && !told) {
        options.onWait(taken.holder);
        told = true;
      }
      await clock.sleep(isPassing ? PASSING_POLL_MS : POLL_MS, draining);
    }
  }
  if (releases.length === 0) options.onUnguarded();
  else if (fault !== undefined) options.onNoMachineLock(`${machine.path}: ${fault}`);
  return release;
}

// --- internal ---

/**
 * The folder of the locks of one user of this machine. The temporary folder belongs to all: a folder that another user
 * made there, or may write to, proves nothing, so it is not used.
 */
function machineFolder(uid: number | undefined): { readonly path: string; readonly fault?: string } {
  const path = join(tmpdir(), `livedesk-contact-sync-${uid ?? 'any'}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const kind = lstatSync(path);
    if (!kind.isDirectory()) return { path, fault: 'it is a link or a file' };
    if (uid === undefined) return { path }; // a system without users, or none that can be told
    if (kind.uid !== uid) return { path, fault: 'it belongs to another user' };
    if ((kind.mode & 0o777) !== 0o700) return { path, fault: 'others may use it (its mode is not 0700)' };
    return { path };
  } catch (error) {
    return { path, fault: codeOf(error) };
  }
}

function rootLocks({ account, roots }: LockOptions): string[] {
  return [...new Set(roots.map((root) => join(root, `.lock-${account}`)))];
}

function locked(holder: Holder | undefined, waited: boolean): RunError {
  const kind = holder?.shard ? `shard ${shardText(holder.shard)} of a run` : 'another run';
  const who = holder
    ? `${kind} of this account holds the lock since ${holder.since}: ${holder.run_dir}${holder.pid === undefined ? '' : ` (process ${holder.pid})`}`
    : 'another run of this account holds the lock and does not say which';
  return new RunError('ERR_LOCKED', `${who}.${waited ? '' : ' Wait for it with --wait-lock 1h.'}`, {
    exitCode: EXIT.locked,
  });
}
