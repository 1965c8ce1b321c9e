import { RunError } from '../../core/errors.ts';

/** Where a Redis answers. */
export interface RedisAddress {
  /** As ioredis takes it; may hold a password. */
  readonly url: string;
  /** Host and port, or path of the socket: for people. */
  readonly where: string;
  readonly isTls: boolean;
}

/** Reads a URL of `redis:` or `rediss:`, or the absolute path of a Unix socket. No message shows any of it. */
export function parseRedisUrl(text: string): RedisAddress {
  if (text.startsWith('/')) return { url: text, where: text, isTls: false };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('is not a URL');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw invalid('must begin with redis: or rediss:');
  }
  if (url.hostname === '') throw invalid('names no host');
  if (url.hash !== '' || url.search !== '') {
    throw invalid(
      'must end with the number of the database: no "?" and no "#" (in a password they are %3F and %23)',
    );
  }
  if (!/^\/?\d*$/.test(url.pathname)) throw invalid('must give the database as a number');
  return { url: text, where: `${url.hostname}:${url.port || '6379'}`, isTls: url.protocol === 'rediss:' };
}

// --- internal ---

function invalid(what: string): RunError {
  return new RunError(
    'ERR_REDIS_URL',
    `LIVEDESK_REDIS_URL ${what}; write e.g. rediss://user:password@redis.example:6379/0`,
  );
}
