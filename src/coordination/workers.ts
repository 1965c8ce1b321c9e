import { hostname } from 'node:os';
import type { Clock } from '../core/clock.ts';
import { readSecret } from '../core/credentials.ts';
import { EXIT, RunError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { shardText } from '../core/shard.ts';
import type { Shutdown } from '../core/shutdown.ts';
import type { Rate } from '../core/types.ts';
import type { Holder } from './account-lock.ts';
import type { LockEntry, View } from './redis/membership.ts';
import { parseRedisUrl, type RedisAddress } from './redis/redis-url.ts';
import type { Budget } from './redis/shared-budget.ts';

/** What the workers of an account share over Redis: the rate, pauses, and the lock. */
export interface Workers extends Budget {
  /** Calls `listener` with until when another worker asked all to pause (Unix time). */
  onPause(listener: (untilMs: number) => void): void;
}

/** Where the workers of an account meet, and at which rate this one comes. */
export interface WorkersAddress {
  readonly address: RedisAddress;
  /** Requests per second that this worker asks for. */
  readonly rate: number;
}

export interface WorkersOptions {
  readonly account: string;
  readonly waitLockMs: number;
  /** Absent for a worker that writes nothing: it shares the rate and needs no lock. */
  readonly holder?: Holder;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The Redis of `LIVEDESK_REDIS_URL` or `LIVEDESK_REDIS_URL_FILE`; undefined where neither is set. Throws where the rate is
 * `auto`: each worker would take the others' requests for what the API allows.
 */
export function readWorkersAddress(env: Env, rate: Rate): WorkersAddress | undefined {
  const text = readSecret(env, 'LIVEDESK_REDIS_URL');
  if (text === undefined) return undefined;
  const address = parseRedisUrl(text);
  if (rate !== 'auto') return { address, rate };
  throw new RunError(
    'ERR_USAGE',
    'workers that share a rate (LIVEDESK_REDIS_URL) cannot find it out: give --rate as a number, e.g. what --rate auto found for a worker by itself',
  );
}

/**
 * Joins the workers of the account and takes the lock. Throws `ERR_REDIS` (exit 2) where Redis cannot be used: a worker
 * that never reached it cannot know its share. Throws `ERR_LOCKED` (exit 4).
 */
export async function openWorkers(
  { address, rate }: WorkersAddress,
  options: WorkersOptions,
  clock: Clock,
  log: Logger,
  stop: Shutdown,
): Promise<Workers> {
  const { connectRedis, faultOf, unreachable } = await import('./redis/connect.ts');
  const { createMembership } = await import('./redis/membership.ts');
  const { openBudget } = await import('./redis/shared-budget.ts');
  const { account, holder } = options;
  const client = await connectRedis(address, clock, stop.draining);
  const name = `${hostname()}-${Math.floor(clock.random() * 2 ** 48).toString(36)}`;
  const lock: LockEntry | undefined = holder && { host: hostname(), ...holder };
  const members = createMembership(client, { account, name, clock, ...(lock ? { lock } : {}) });
  const where = address.where;
  const listeners: ((untilMs: number) => void)[] = [];
  let budget: Budget | undefined;
  let pausedUntil = 0;
  try {
    const first = await join(() => members.beat(rate), options, clock, log, stop);
    tellRate(first.rate);
    budget = await openBudget(
      {
        client,
        members,
        account,
        ratePerSecond: rate,
        clock,
        onLost(fault) {
          const workers = budget?.workers ?? first.workers;
          log.warn(
            { redis: where, fault, workers },
            `Redis fails: this worker goes on with its share of the rate, one of ${workers}`,
          );
        },
        onBack: () => log.info({ redis: where }, 'Redis is back: the rate is shared again'),
        onPause(untilMs) {
          const pause_s = Math.round((untilMs - clock.now()) / 100) / 10;
          log.warn({ pause_s }, 'another worker was throttled: all wait');
          pausedUntil = untilMs;
          for (const listener of listeners) listener(untilMs);
        },
        onRate: tellRate,
        onLockLost: (other) =>
          stop.fail(
            new RunError(
              'ERR_LOCK_LOST',
              `while Redis or this worker was away, the lock of this account went to ${whoIs(other)}; so that no contact is written by two, this one stops`,
              { exitCode: EXIT.stopped },
            ),
          ),
      },
      first,
    );
  } catch (error) {
    client.disconnect();
    if (error instanceof RunError || error instanceof TypeError) throw error;
    throw unreachable(address, faultOf(error));
  }
  log.info({ redis: where, workers: budget.workers }, 'shares the rate with all workers of this account');
  return Object.assign(budget, {
    onPause(listener: (untilMs: number) => void): void {
      listeners.push(listener);
      listener(pausedUntil); // it may have begun before
    },
  });

  function tellRate(holds: number): void {
    if (holds === rate) return;
    log.warn(
      { rate: Number.isFinite(holds) ? holds : null, asked: Number.isFinite(rate) ? rate : null },
      `the workers of this account were given several --rate: the lowest holds for all together, ${holds}/s`,
    );
  }
}

// --- internal ---

const POLL_MS = 500;

async function join(
  beat: () => Promise<View | { readonly heldBy: LockEntry }>,
  { waitLockMs }: WorkersOptions,
  clock: Clock,
  log: Logger,
  stop: Shutdown,
): Promise<View> {
  const giveUpAt = clock.monotonic() + waitLockMs;
  let heldBy: LockEntry | undefined;
  for (;;) {
    const view = await beat().catch((error: unknown) => {
      if (!heldBy) throw error;
      return { heldBy }; // a waiting worker outlasts a short absence of Redis
    });
    if (!('heldBy' in view)) return view;
    const isTold = heldBy !== undefined;
    heldBy = view.heldBy;
    if (clock.monotonic() >= giveUpAt || stop.draining.aborted) {
      const hint = waitLockMs > 0 ? '' : ' Wait for it with --wait-lock 1h.';
      throw new RunError(
        'ERR_LOCKED',
        `the lock of this account is held in Redis by ${whoIs(heldBy)}.${hint}`,
        {
          exitCode: EXIT.locked,
        },
      );
    }
    if (!isTold) {
      log.info(
        { held_by: heldBy.run_dir, host: heldBy.host, since: heldBy.since },
        'waiting for another run of this account',
      );
    }
    await clock.sleep(POLL_MS, stop.draining);
  }
}

function whoIs({ host, run_dir, since, pid, shard }: LockEntry): string {
  const kind = shard ? `shard ${shardText(shard)} of a run` : 'another run';
  return `${kind} on ${host} since ${since}: ${run_dir}${pid === undefined ? '' : ` (process ${pid})`}`;
}
