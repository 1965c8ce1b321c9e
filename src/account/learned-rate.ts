import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../core/write-atomic.ts';

/** What an earlier run learned of the rate that an account allows. */
export interface RememberedRate {
  /** Requests per second. */
  readonly limit: number;
  /** The window of the clock in which the API counts requests, where it counts so. */
  readonly window?: { readonly ms: number; readonly requests: number };
}

/** A file of one account beside its run directories; lost or unreadable, it costs no more than a slower start. */
export interface LearnedRateFile {
  read(): RememberedRate | undefined;
  /** Does nothing where it cannot be written. `now` is Unix milliseconds. */
  write(rate: RememberedRate, now: number): void;
}

export function learnedRateFile(root: string, account: string): LearnedRateFile {
  const path = join(root, `.rate-${account}.json`);
  return {
    read() {
      try {
        return asRate(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        return undefined;
      }
    },
    write({ limit, window }, now) {
      const text = JSON.stringify({
        version: 1,
        limit,
        ...(window ? { window } : {}),
        at: new Date(now).toISOString(),
      });
      try {
        writeAtomic(path, `${text}\n`);
      } catch {
        // the next run begins slowly, as this one did
      }
    },
  };
}

// --- internal ---

function asRate(value: unknown): RememberedRate | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, limit, window } = value as {
    version?: unknown;
    limit?: unknown;
    window?: RememberedRate['window'];
  };
  if (version !== 1 || !isPositive(limit)) return undefined;
  const isWindow = isPositive(window?.ms) && isPositive(window?.requests);
  return { limit, ...(window && isWindow ? { window: { ms: window.ms, requests: window.requests } } : {}) };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}
