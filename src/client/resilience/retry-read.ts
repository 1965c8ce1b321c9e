import type { Clock } from '../../core/clock.ts';
import type { ApiError } from '../../core/types.ts';
import type { Asked, Verdict } from '../answer/classify.ts';
import type { Page } from '../answer/payload.ts';
import type { NamedValue } from '../answer/redact.ts';
import type { ApiRequest } from '../http/reply.ts';
import { backoffMs } from './backoff.ts';
import type { Send } from './send.ts';
import type { WrongServerDetector } from './wrong-server.ts';

/** A request that got no good answer: refused for good, or given up after all attempts. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: 'rejected' | 'failed';
  readonly code: string;
  readonly api: ApiError;
}

/** What became of a request that is repeated until it is settled; `pending` where the run stops first. */
export type Inquired = (Verdict & { readonly kind: 'applied' | 'not_livedesk' }) | Refusal | 'pending';

/**
 * Sends a request until there is an answer. An answer that is not the API's ends the run, unless `takesStrangers`:
 * then it is given at once.
 */
export type Inquire = (request: ApiRequest, about: Asked, takesStrangers?: boolean) => Promise<Inquired>;

/** What became of a question: a page, a refusal for good or after all attempts, or nothing because the run stops. */
export type Asking = { readonly kind: 'page'; readonly page: Page } | Refusal | 'pending';

/** Asks for a page until there is an answer. `values` are kept out of what is told of a failure. */
export type Ask = (request: ApiRequest, values?: () => Iterable<NamedValue>) => Promise<Asking>;

export interface AskOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** Per request, the first included; throttled answers do not count. */
  readonly maxAttempts: number;
  /** How often the breaker has opened: attempts from before an outage do not count. */
  readonly outages: () => number;
  /** Resolves before each attempt; false once the run drains. */
  readonly permit?: () => Promise<boolean>;
  /** Counts 403s: the first answer of all, or five in a row, are the key's fault. */
  readonly forbidden: WrongServerDetector;
  readonly onForbidden: () => void;
  readonly onRetry: () => void;
  /** A question used up its attempts on answers that are not the API's. */
  readonly onWrongServer: (what: string) => void;
}

/** The retry loop around a read of pages. */
export function createAsk(options: AskOptions): Ask {
  const inquire = createInquire(options);
  let asked = 0;

  return async (request, values) => {
    asked += 1;
    const about: Asked = { contactId: -asked, expects: 'page', fields: [], ...(values ? { values } : {}) };
    const answer = await inquire(request, about);
    if (answer === 'pending' || answer.kind === 'refused') return answer;
    return answer.kind === 'applied' && answer.page ? { kind: 'page', page: answer.page } : 'pending';
  };
}

/** The retry loop around a request that may be repeated without harm. */
export function createInquire(options: AskOptions): Inquire {
  const { send, clock, draining, maxAttempts, forbidden } = options;

  return async (request, about, takesStrangers = false) => {
    let failures = 0;
    let outages = options.outages();
    for (;;) {
      if (options.permit && !(await options.permit())) return 'pending';
      const attempt = { number: failures + 1, of: maxAttempts };
      const verdict = await send(request, { ...about, attempt }, () => {});
      if (verdict === 'cut' || verdict.kind === 'unauthorized') return 'pending';
      if (verdict.kind === 'throttled') continue; // everybody is paused; no attempt is used up
      if (verdict.kind === 'forbidden') {
        if (!forbidden.foreignResponse())
          return { kind: 'refused', status: 'rejected', code: 'ERR_FORBIDDEN', api: verdict.api };
        options.onForbidden();
        return 'pending';
      }
      if (verdict.kind === 'rejected') {
        return { kind: 'refused', status: 'rejected', code: verdict.code, api: verdict.api };
      }
      if (verdict.kind === 'applied') {
        forbidden.known();
        return verdict;
      }
      if (verdict.kind === 'not_livedesk' && takesStrangers) return verdict;
      // in an outage no fault is that of the request: what came before is forgotten, and this one does not count
      failures = outages === options.outages() ? failures + 1 : 0;
      outages = options.outages();
      if (failures >= maxAttempts) {
        if (verdict.kind === 'transient') {
          return { kind: 'refused', status: 'failed', code: verdict.code, api: verdict.api ?? { status: 0 } };
        }
        options.onWrongServer(verdict.what);
        return 'pending';
      }
      await clock.sleep(backoffMs(Math.max(1, failures), clock.random()), draining);
      if (draining.aborted) return 'pending';
      options.onRetry();
    }
  };
}
