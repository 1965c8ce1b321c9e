import type { Clock } from '../../core/clock.ts';
import type { ApiError } from '../../core/types.ts';
import type { Asked, Verdict } from '../answer/classify.ts';
import type { ApiRequest } from '../http/reply.ts';
import { backoffMs } from './backoff.ts';
import type { CircuitBreaker, RequestKind } from './circuit-breaker.ts';
import { requestKindOf, type Send } from './send.ts';

/** An answer that settles a request, or what is left after its last attempt. */
export type Settled =
  | (Verdict & { readonly kind: 'applied' | 'rejected' | 'forbidden' })
  /** All attempts failed, and the service is not the cause. */
  | { readonly kind: 'failed'; readonly code: string; readonly api: ApiError }
  /** The run stops first. */
  | 'pending';

/** Sends one request of a try. `isOutdated` is looked at just before: then nothing is sent. */
export type SendOnce = (
  request: ApiRequest,
  about: Asked,
  isOutdated?: () => boolean,
) => Promise<Verdict | 'cut' | 'outdated'>;

/** One try: one request, or several that belong together. Gives the answer that decides, or `T` to end with. */
export type Try<T> = (send: SendOnce) => Promise<Verdict | 'cut' | 'outdated' | { readonly end: T }>;

/** Repeats a try until it is settled. `onSent` is called for every request. */
export type Retry = <T>(tryOnce: Try<T>, onSent?: () => void) => Promise<Settled | { readonly end: T }>;

export interface RetryOptions {
  readonly send: Send;
  readonly breaker: CircuitBreaker;
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** Tries, the first included. Throttled ones do not count, nor do those from before or during an outage. */
  readonly maxAttempts: number;
  /** Something is about to be tried again. */
  readonly onRetry: () => void;
  /** All tries were answered by something that is not the API. */
  readonly onWrongServer: (what: string) => void;
}

/** The one retry loop: attempts, backoff, outages, throttling, and the drain. */
export function createRetry(options: RetryOptions): Retry {
  const { send, breaker, clock, draining, maxAttempts } = options;

  return async (tryOnce, onSent) => {
    let failures = 0;
    let outages = breaker.outages;
    let lastKind: RequestKind | undefined;
    let lastSentAt = 0;
    /** The kinds of request that failed: since when, and the function to call at the end. Undefined: none has. */
    let failing: Map<RequestKind, { readonly at: number; readonly end: () => void }> | undefined;
    const noteFailure = (kind: RequestKind, at: number): void => {
      failing ??= new Map();
      if (!failing.has(kind)) failing.set(kind, { at, end: breaker.beginTrouble(kind) });
    };
    const noteSent = (kind: RequestKind, sentAt: number): void => {
      lastKind = kind;
      lastSentAt = sentAt;
      onSent?.();
    };
    const sendOnce: SendOnce = (request, about, isOutdated) => {
      const kind = requestKindOf(request);
      const { contactId, expects, fields, values } = about;
      const failedAt = failing?.get(kind)?.at;
      // spelled out: there is one for each request, and a spread of an object costs as much as its whole way
      const asked = {
        contactId,
        expects,
        fields,
        values,
        kind,
        failedAt,
        onFailure: noteFailure,
        isOutdated,
      };
      return send(request, asked, noteSent);
    };
    try {
      for (;;) {
        const verdict = await tryOnce(sendOnce);
        if (verdict === 'outdated') continue;
        if (verdict === 'cut') return 'pending';
        if ('end' in verdict) return verdict;
        switch (verdict.kind) {
          case 'applied':
          case 'rejected':
          case 'forbidden':
            return verdict;
          case 'unauthorized':
            return 'pending';
          case 'throttled':
            continue; // the limiter pauses every request
          case 'transient':
          case 'not_livedesk':
            break;
        }
        failures = outages === breaker.outages ? failures + 1 : 0;
        outages = breaker.outages;
        if (verdict.kind === 'transient' && verdict.outage && lastKind) {
          // the try before the last counts as well: an outage may end between the last one and the answer to this question
          const isNearEnd = failures > 0 && failures + 1 >= maxAttempts;
          if (isNearEnd && !(await breaker.isOwnFault(lastKind, lastSentAt))) failures = 0;
          outages = breaker.outages;
        }
        if (failures >= maxAttempts) {
          if (verdict.kind === 'transient') {
            return { kind: 'failed', code: verdict.code, api: verdict.api ?? { status: 0 } };
          }
          options.onWrongServer(verdict.what);
          return 'pending';
        }
        await clock.sleep(backoffMs(Math.max(1, failures), clock.random()), draining);
        if (draining.aborted) return 'pending';
        options.onRetry();
      }
    } finally {
      for (const { end } of failing?.values() ?? []) end();
    }
  };
}
