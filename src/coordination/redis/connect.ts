import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { codeOf, RunError } from '../../core/errors.ts';
import type { RedisAddress } from './redis-url.ts';

/** A call that takes longer counts as failed. */
const CALL_MS = 500;
const CONNECT_MS = 2_000;
/** A connection on which nothing comes back for so long is dead. */
const DEAD_MS = 3_000;
const RECONNECT_MS = 500;
/** How long a Redis may take to be there at the start. */
const PATIENCE_MS = 3_000;
/** Faults that do not go away by waiting. */
const FINAL = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR|ENOTFOUND|.*CERT.*|ERR_TLS.*)$/;

/**
 * A connection to Redis that comes back by itself. Calls never wait for it: they fail at once while it is gone. Throws
 * `ERR_REDIS` where there is none within three seconds.
 */
export async function connectRedis(
  address: RedisAddress,
  clock: Clock,
  stopping: AbortSignal,
): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const client = new Redis(address.url, {
    commandTimeout: CALL_MS,
    connectTimeout: CONNECT_MS,
    disconnectTimeout: 100,
    socketTimeout: DEAD_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(100 * times, RECONNECT_MS),
    protocol: 2, // what every version speaks
    disableClientInfo: true,
    ...(address.isTls ? { tls: { rejectUnauthorized: true } } : {}), // whatever NODE_TLS_REJECT_UNAUTHORIZED says
  });
  let fault = 'no answer';
  const settled = new AbortController();
  client.on('error', (error) => {
    fault = faultOf(error);
    if (FINAL.test(fault)) settled.abort();
  });
  client.once('ready', () => settled.abort());
  await clock.sleep(PATIENCE_MS, AbortSignal.any([settled.signal, stopping]));
  if (client.status === 'ready') return client;
  client.disconnect();
  throw unreachable(address, fault);
}

/** What is wrong with Redis, in a word that holds nothing secret. */
export function faultOf(error: unknown): string {
  const reply = error instanceof Error ? /^([A-Z]{2,}) /.exec(error.message)?.[1] : undefined;
  if (reply) return reply;
  if (error instanceof Error && error.message === 'Command timed out') return 'no answer';
  const code = codeOf(error);
  return code === 'Error' || code === 'MaxRetriesPerRequestError' ? 'no connection' : code;
}

/** The error for a Redis that is not there before anything was sent. */
export function unreachable({ where }: RedisAddress, fault: string): RunError {
  return new RunError(
    'ERR_REDIS',
    `Redis at ${where} cannot be used (${fault}), so nobody knows how many workers share the rate: check LIVEDESK_REDIS_URL, or take it away for a run by itself`,
  );
}
