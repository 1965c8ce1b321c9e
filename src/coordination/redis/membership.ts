import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { foreignText } from '../../core/foreign-text.ts';
import { isObject } from '../../core/json.ts';
import { readHolder } from '../holder.ts';
import { BEAT, LEAVE, PAUSE } from './lua-scripts.ts';

/** What a worker says of itself where it holds the lock of the account. */
export interface LockEntry {
  readonly host: string;
  readonly run_dir: string;
  /** ISO time. */
  readonly since: string;
  readonly pid?: number | undefined;
  /** Absent for a run of all rows. */
  readonly shard?: { readonly index: number; readonly of: number };
}

/** What a worker knows of all. */
export interface View {
  readonly workers: number;
  /** Permits per second, the lowest that any worker asks for; `Infinity` where none asks for a limit. */
  readonly rate: number;
  /** Unix time on this machine's clock; 0 for no pause. */
  readonly pausedUntil: number;
}

/** The workers of an account, as Redis knows them. Everything fails when Redis does. */
export interface Membership {
  /** Says that this worker is there. Gives who holds the lock where it may not work beside them. */
  beat(ratePerSecond: number): Promise<View | { readonly heldBy: LockEntry }>;
  /** All workers pause from now on, for at least so long. */
  pause(ms: number): Promise<void>;
  /** A channel on which pauses are told, and when a pause told there ends on this machine's clock. */
  readonly channel: string;
  endOf(message: string): number;
  leave(): Promise<void>;
}

/** A worker that was not heard of for so long is gone. */
const GONE_MS = 3_500;
/** So long a lock outlives its holder. */
const LOCK_MS = 6_000;

/** `name` tells this worker from all others; `lock` is absent for one that writes nothing. */
export function createMembership(
  client: Redis,
  options: { account: string; name: string; lock?: LockEntry; clock: Clock },
): Membership {
  const { name, lock, clock } = options;
  const key = (what: string) => `livedesk-sync:{${options.account}}:${what}`;
  const scripts = client as Redis & Scripts;
  client.defineCommand('livedeskBeat', { numberOfKeys: 3, lua: BEAT });
  client.defineCommand('livedeskLeave', { numberOfKeys: 2, lua: LEAVE });
  client.defineCommand('livedeskPause', { numberOfKeys: 1, lua: PAUSE });
  const keys = [key('seen'), key('members'), key('pause')] as const;
  const channel = key('pauses');
  /** Redis' clock less ours. */
  let aheadMs = 0;

  return {
    async beat(ratePerSecond) {
      const entry = { rate: Number.isFinite(ratePerSecond) ? ratePerSecond : 0, ...(lock ? { lock } : {}) };
      const asked = clock.now();
      const [now, workers, rate, pausedUntil, other] = await scripts.livedeskBeat(
        ...keys,
        name,
        JSON.stringify(entry),
        GONE_MS,
        LOCK_MS,
      );
      if (other !== '') return { heldBy: readLockEntry(other) };
      aheadMs = now - (asked + clock.now()) / 2;
      return {
        workers,
        rate: Number(rate) > 0 ? Number(rate) : Number.POSITIVE_INFINITY,
        pausedUntil: pausedUntil > 0 ? pausedUntil - aheadMs : 0,
      };
    },
    pause: (ms) => scripts.livedeskPause(keys[2], ms, channel),
    channel,
    endOf: (message) => Number(message) - aheadMs,
    leave: () => scripts.livedeskLeave(keys[0], keys[1], name),
  };
}

// --- internal ---

/** What Redis keeps of the holder: another worker wrote it, or whoever else may write there. */
function readLockEntry(text: string): LockEntry {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    // it holds the lock all the same
  }
  const lock = isObject(entry) ? entry['lock'] : undefined;
  const host = isObject(lock) && typeof lock['host'] === 'string' ? foreignText(lock['host']) : 'a machine';
  return {
    host,
    ...(readHolder(lock) ?? { run_dir: 'a run that does not say which', since: 'a time unknown' }),
  };
}

interface Scripts {
  livedeskBeat(
    ...args: readonly (string | number)[]
  ): Promise<[now: number, workers: number, rate: string, pausedUntil: number, other: string]>;
  livedeskLeave(...args: readonly (string | number)[]): Promise<void>;
  livedeskPause(...args: readonly (string | number)[]): Promise<void>;
}
