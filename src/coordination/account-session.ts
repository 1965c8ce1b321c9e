import type { RunContext } from '../core/run-context.ts';
import type { Shard } from '../core/shard.ts';
import { takeLock } from './account-lock.ts';
import { openWorkers, type Workers, type WorkersAddress } from './workers.ts';

export interface AccountSessionOptions {
  readonly account: string;
  /** The run directory, or where the work leaves its files: what a waiting process is shown. */
  readonly dir: string;
  /** Directories in which only one process may work: those of the runs, of the state. */
  readonly roots: readonly string[];
  readonly shard?: Shard | undefined;
  /** Whether the work changes nothing: it needs no lock, but still its share of the rate. */
  readonly isReadOnly: boolean;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitLockMs: number;
  /** Where the workers of the account share rate and lock over Redis; undefined for this machine alone. */
  readonly workers: WorkersAddress | undefined;
  readonly pid?: number | undefined;
  readonly uid?: number | undefined;
}

/** The right to work for an account, until it is disposed of: the lock, and the share of a rate over Redis. */
export interface AccountSession extends AsyncDisposable {
  readonly workers: Workers | undefined;
}

/**
 * Begins to work for an account. Throws `ERR_LOCKED` (exit 4) naming the holder where another process does, and
 * `ERR_REDIS` (exit 2) where Redis cannot be used.
 */
export async function openAccountSession(
  options: AccountSessionOptions,
  { clock, log, stop }: RunContext,
): Promise<AccountSession> {
  const { account, dir, shard, waitLockMs, pid } = options;
  const holder = {
    run_dir: dir,
    since: new Date(clock.now()).toISOString(),
    ...(pid === undefined ? {} : { pid }),
    ...(shard ? { shard } : {}),
  };
  const release = options.isReadOnly
    ? () => {}
    : await takeLock({
        account,
        uid: options.uid,
        roots: options.roots,
        holder,
        clock,
        waitMs: waitLockMs,
        draining: stop.draining,
        onWait: (other) =>
          log.info(
            { held_by: other?.run_dir, since: other?.since },
            'waiting for another run of this account',
          ),
        onNoMachineLock: (why) =>
          log.warn(`runs of this account in other folders of this machine are not kept away: ${why}`),
        onUnguarded: () =>
          log.warn(
            'no lock can be kept on these file systems: make sure that no other run of this account is going on',
          ),
      });
  let workers: Workers | undefined;
  try {
    if (options.workers) {
      const shared = { account, waitLockMs, ...(options.isReadOnly ? {} : { holder }) };
      workers = await openWorkers(options.workers, shared, clock, log, stop);
    }
  } catch (error) {
    release();
    throw error;
  }
  return {
    workers,
    async [Symbol.asyncDispose]() {
      await workers?.close();
      release();
    },
  };
}
