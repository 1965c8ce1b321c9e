import Bottleneck from 'bottleneck';
import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { onRedisTime } from './lua-scripts.ts';

/** The turns of all workers of an account, one after the other. */
export interface TurnQueue {
  /**
   * Takes the next turn. Resolves when it begins, with the time at which it should have (monotonic); undefined where
   * there is none since Redis fails.
   */
  waitingRows(): Promise<number | undefined>;
  /** How long a turn is from now on, for all workers. */
  setTurn(ms: number): void;
  /** Calls `listener` with what other workers publish there. */
  listen(channel: string, listener: (message: string) => void): Promise<unknown>;
  /** Lets go of the turns that were taken. */
  stop(): void;
  /** Closes both connections at once. */
  close(): void;
}

/** What an unused time line leaves behind is gone after this. */
const KEPT_MS = 60_000;
/** How long it may take to begin. */
const PATIENCE_MS = 3_000;

/**
 * One Bottleneck limiter over Redis whose jobs are turns: `minTime` and nothing else, so that Redis keeps one number,
 * when the next turn begins. A worker that dies leaves at most one turn unused. `onFault` hears of every call that
 * failed.
 */
export async function openTurnQueue(
  client: Redis,
  options: { account: string; turnMs: number; clock: Clock; onFault: (error: unknown) => void },
): Promise<TurnQueue> {
  const { clock } = options;
  const turns: number[] = [];
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, { lua, ...rest }) => {
    define(name, { ...rest, lua: onRedisTime(lua) });
    mediate(client, name, clock, (beginsAt) => turns.push(beginsAt));
  };
  const connection = new Bottleneck.IORedisConnection({ client });
  connection.on('error', () => {}); // the calls that fail of it are heard of
  const limiter = new Bottleneck({
    id: `livedesk-sync:{${options.account}}`,
    connection,
    minTime: options.turnMs,
    timeout: KEPT_MS,
  });
  limiter.on('error', options.onFault);
  const ready = new AbortController();
  const begun = limiter.ready().finally(() => ready.abort()) as Promise<{ subscriber: Redis }>;
  let clients: { readonly subscriber: Redis } | undefined;
  try {
    clients = await Promise.race([begun, clock.sleep(PATIENCE_MS, ready.signal).then(() => undefined)]);
    clients ??= ready.signal.aborted ? await begun : undefined;
    if (!clients) throw new Error('Command timed out');
  } catch (error) {
    begun.catch(() => {});
    await connection.disconnect(false);
    throw error;
  }
  const { subscriber } = clients;
  client.defineCommand = define;

  let isStopped = false;
  return {
    async waitingRows() {
      try {
        return await new Promise<number>((begin, fail) => {
          // jobs begin in the order in which they were registered
          limiter
            .schedule({ expiration: KEPT_MS }, async () => begin(turns.shift() ?? clock.monotonic()))
            .catch(fail);
        });
      } catch (error) {
        if (!isStopped) options.onFault(error);
        return undefined;
      }
    },
    setTurn(ms) {
      // typed as if it were at once
      Promise.resolve(limiter.updateSettings({ minTime: ms })).catch(options.onFault);
    },
    listen(channel, listener) {
      subscriber.on('message', (from, message) => {
        if (from === channel) listener(message);
      });
      return subscriber.subscribe(channel);
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      limiter.stop({ dropWaitingJobs: true }).catch(() => {});
    },
    close: () => void connection.disconnect(false).catch(() => {}),
  };
}

// --- internal ---

type Done = (error: Error | null, reply?: readonly unknown[]) => void;
type Script = (...args: readonly unknown[]) => unknown;

/**
 * Stands between Bottleneck and one of its scripts. Hears when turns begin, which Bottleneck keeps to itself: it calls
 * when it can, and on a busy machine that is late. Takes away the ERR that Redis has put before the errors of scripts
 * since version 7: Bottleneck would not know them, and not begin anew after a restart of Redis.
 */
function mediate(client: Redis, name: string, clock: Clock, onTurn: (beginsAt: number) => void): void {
  const scripts = client as unknown as Record<string, Script>;
  const script = scripts[name]?.bind(client);
  if (!script) throw new Error(`no script ${name}`);
  scripts[name] = (...args) => {
    const askedAt = clock.monotonic();
    const done = args.at(-1) as Done;
    const answered: Done = (error, reply) => {
      if (error)
        error.message = error.message.replace(/^ERR (SETTINGS_KEY_NOT_FOUND|UNKNOWN_CLIENT)\b.*/, '$1');
      if (name === 'register' && reply?.[0]) onTurn(askedAt + Number(reply[1]));
      done(error, reply);
    };
    return script(...args.slice(0, -1), answered);
  };
}
