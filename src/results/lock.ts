import { linkSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { codeOf, EXIT, RunError } from '../errors.ts';
import { answerAt, askAt, type Holder } from './lock-socket.ts';

export type { Holder } from './lock-socket.ts';

export interface LockOptions {
  /** Who runs the process, by number: in containers it may have no name. Others cannot look into our lock. */
  readonly uid?: number | undefined;
  readonly account: string;
  /** Directory in which the run directories lie: seen by every container that shares it. */
  readonly root: string;
  readonly holder: Holder;
  readonly clock: Clock;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number;
  /** Ends the wait. */
  readonly draining: AbortSignal;
  readonly onWait: (holder: Holder | undefined) => void;
  /** No lock can be had on these file systems: nothing keeps another run away. */
  readonly onUnguarded: () => void;
}

const POLL_MS = 250;

/**
 * Takes the lock of an account: one run at a time on one machine. The lock is a listening socket, which the kernel
 * closes with its process however that dies, so a dead holder is told from a living one at once, across containers
 * too. There are two: one for the machine in the temporary folder, one beside the run directories. Throws
 * `ERR_LOCKED` (exit 4) naming the holder. Gives how to release.
 */
export async function takeLock(options: LockOptions): Promise<() => void> {
  const { clock, draining } = options;
  const releases: (() => void)[] = [];
  const release = (): void => {
    for (const one of releases.splice(0).reverse()) one();
  };
  const giveUpAt = clock.monotonic() + options.waitMs;
  let told = false;
  for (const dir of lockDirectories(options)) {
    for (;;) {
      const taken = await tryLock(dir, options);
      if (taken.kind === 'taken') releases.push(taken.release);
      if (taken.kind !== 'held') break; // where there can be no sockets the other lock must do
      if (clock.monotonic() >= giveUpAt || draining.aborted) {
        release();
        throw locked(taken.holder, options.waitMs > 0);
      }
      if (!told) options.onWait(taken.holder);
      told = true;
      await clock.sleep(POLL_MS, draining);
    }
  }
  if (releases.length === 0) options.onUnguarded();
  return release;
}

// --- internal ---

type Taken =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly holder: Holder | undefined }
  | { readonly kind: 'impossible' };

function lockDirectories({ account, root, uid }: LockOptions): string[] {
  return [join(tmpdir(), `livedesk-contact-sync-${uid ?? 'any'}`, account), join(root, `.lock-${account}`)];
}

/**
 * The names in a lock's directory are numbers, and the highest one is the lock. A holder that died, or ended, leaves
 * its name behind, and the next holder takes the next number. To replace a dead holder's name instead would need a
 * look and a rename, between which somebody slower could replace a living one.
 */
async function tryLock(dir: string, { holder, clock }: LockOptions): Promise<Taken> {
  const own = join(dir, `new-${Math.floor(clock.random() * 2 ** 48).toString(36)}`);
  let answering: { close(): void } | undefined;
  let taken: Awaited<ReturnType<typeof climb>>;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    answering = await answerAt(own, holder);
    taken = await climb(dir, own);
  } catch {
    taken = { kind: 'impossible' };
  }
  remove(own);
  if (taken === 'taken') return { kind: 'taken', release: () => answering?.close() };
  answering?.close();
  return taken;
}

/** Gives the listening socket `own` the next number, unless the present one is alive. */
async function climb(dir: string, own: string): Promise<'taken' | Exclude<Taken, { kind: 'taken' }>> {
  for (;;) {
    const last = highestIn(dir);
    const found = last === 0 ? 'dead' : await askAt(join(dir, String(last)));
    if (found === 'gone') continue;
    if (found !== 'dead') return { kind: 'held', holder: found.holder };
    const mine = join(dir, String(last + 1));
    try {
      linkSync(own, mine); // fails where the name exists: of many that saw the same dead holder one goes on
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw error;
    }
    // who looked long ago may have taken a number that was in use and swept since
    if (highestIn(dir) > last + 1) {
      remove(mine);
      continue;
    }
    sweep(dir, last);
    return 'taken';
  }
}

function highestIn(dir: string): number {
  return Math.max(0, ...numbersIn(dir));
}

function sweep(dir: string, upTo: number): void {
  for (const number of numbersIn(dir)) if (number <= upTo) remove(join(dir, String(number)));
}

function numbersIn(dir: string): number[] {
  return readdirSync(dir)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // gone already
  }
}

function locked(holder: Holder | undefined, waited: boolean): RunError {
  const who = holder
    ? `another run of this account holds the lock since ${holder.since}: ${holder.run_dir} (process ${holder.pid})`
    : 'another run of this account holds the lock and does not say which';
  return new RunError('ERR_LOCKED', `${who}.${waited ? '' : ' Wait for it with --wait-lock 1h.'}`, {
    exitCode: EXIT.locked,
  });
}
