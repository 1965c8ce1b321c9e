import type { EmulatorReply } from './reply.ts';
import { json, plain } from './reply.ts';

/** So many requests in each window of the clock; with `burst` a bucket that refills at that rate. */
export interface Limit {
  readonly requests: number;
  readonly windowMs: number;
  /** What a bucket holds when it is full. */
  readonly burst?: number;
}

/** How a request over the limit is answered (livedesk-api.md 6.11); the first is what the upstream code does. */
export const THROTTLE_MODES = ['text', 'retry-after', 'json', 'bad-request', 'ok', 'unavailable'] as const;
export type ThrottleMode = (typeof THROTTLE_MODES)[number];

/** EngageLab's code for "too many requests" (livedesk-api.md 4). */
const RATE_LIMIT_CODE = 23008;

/**
 * Counts requests in fixed windows aligned to the epoch: twice the limit passes across a boundary (livedesk-api.md
 * 5.7). Or takes them out of a bucket, as gateways do.
 */
export class Allowance {
  #window = -1;
  #count = 0;
  #tokens = Number.POSITIVE_INFINITY;
  #takenAt = 0;

  /** How many requests the present window, or the bucket, still takes. */
  left(limit: Limit): number {
    return Math.max(0, limit.burst === undefined ? limit.requests - this.#count : Math.floor(this.#tokens));
  }

  /** Counts a request at `now` (unix ms); milliseconds until one would pass when it is one too many, else 0. */
  take(limit: Limit, now: number): number {
    return limit.burst === undefined
      ? this.#fromWindow(limit, now)
      : this.#fromBucket(limit, limit.burst, now);
  }

  #fromBucket({ requests, windowMs }: Limit, burst: number, now: number): number {
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#takenAt) * requests) / windowMs);
    this.#takenAt = now;
    if (this.#tokens < 1) return Math.max(1, ((1 - this.#tokens) * windowMs) / requests);
    this.#tokens -= 1;
    return 0;
  }

  #fromWindow(limit: Limit, now: number): number {
    const window = Math.floor(now / limit.windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count > limit.requests ? Math.max(1, (window + 1) * limit.windowMs - now) : 0;
  }
}

/** Headers that tell how much of a limit is left, as name, value, name, value; `now` is unix ms. */
export function limitHeaders(limit: Limit, left: number, now: number): readonly string[] {
  const resetMs = limit.windowMs - (now % limit.windowMs);
  return [
    'X-RateLimit-Limit',
    String(limit.requests),
    'X-RateLimit-Remaining',
    String(left),
    'X-RateLimit-Reset',
    String(Math.ceil(resetMs / 1000)),
  ];
}

/** The answer to a request over the limit; `waitMs` is what is left of the window. */
export function throttledReply(mode: ThrottleMode, limit: Limit, waitMs: number): EmulatorReply {
  const seconds = String(Math.ceil(waitMs / 1000));
  const message = 'Too many requests';
  switch (mode) {
    case 'text':
      return plain(429, 'Retry later\n');
    case 'retry-after':
      return plain(429, 'Retry later\n', ['Retry-After', seconds]);
    case 'json':
      return json(429, { code: RATE_LIMIT_CODE, message }, [
        'X-Rate-Limit-Limit',
        String(limit.requests),
        'X-Rate-Limit-Remaining',
        '0',
        'X-Rate-Limit-Reset',
        seconds,
      ]);
    case 'bad-request':
      return json(400, { error: { code: RATE_LIMIT_CODE, message } });
    case 'ok':
      return json(200, { code: RATE_LIMIT_CODE, message });
    case 'unavailable':
      return plain(503, 'Service Unavailable\n', ['Retry-After', seconds]);
  }
}
