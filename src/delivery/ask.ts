import type { Clock } from '../clock.ts';
import type { ApiError } from '../types.ts';
import { backoffMs } from './backoff.ts';
import type { Asked } from './classify.ts';
import type { Page } from './expected.ts';
import type { ImpostorWatch } from './impostor.ts';
import type { NamedValue } from './redact.ts';
import type { ApiRequest } from './reply.ts';
import type { Send } from './send.ts';

/** What became of a question: a page, a refusal for good or after all attempts, or nothing because the run stops. */
export type Asking =
  | { readonly kind: 'page'; readonly page: Page }
  | {
      readonly kind: 'refused';
      readonly status: 'rejected' | 'failed';
      readonly code: string;
      readonly api: ApiError;
    }
  | 'pending';

/** Asks for a page until there is an answer. `values` are kept out of what is told of a failure. */
export type Ask = (request: ApiRequest, values?: () => Iterable<NamedValue>) => Promise<Asking>;

export interface AskOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** Per page, the first included; throttled answers do not count. */
  readonly maxAttempts: number;
  /** How often the breaker has opened: attempts from before an outage do not count. */
  readonly outages: () => number;
  /** Resolves before each attempt; false once the run drains. */
  readonly permit?: () => Promise<boolean>;
  /** Counts 403s: the first answer of all, or five in a row, are the key's fault. */
  readonly forbidden: ImpostorWatch;
  readonly onForbidden: () => void;
  readonly onRetry: () => void;
  /** A question used up its attempts on answers that are not the API's. */
  readonly onStranger: (what: string) => void;
}

/** The retry loop around a read. */
export function createAsk(options: AskOptions): Ask {
  const { send, clock, draining, maxAttempts, forbidden } = options;
  let asked = 0;

  return async (request, values) => {
    asked += 1;
    const about: Asked = { contactId: -asked, expects: 'page', fields: [], ...(values ? { values } : {}) };
    let failures = 0;
    let outages = options.outages();
    for (;;) {
      if (options.permit && !(await options.permit())) return 'pending';
      const verdict = await send(request, about, () => {});
      if (verdict === 'cut' || verdict.kind === 'unauthorized') return 'pending';
      if (verdict.kind === 'throttled') continue; // everybody is paused; no attempt is used up
      if (verdict.kind === 'forbidden') {
        if (!forbidden.stranger())
          return { kind: 'refused', status: 'rejected', code: 'ERR_FORBIDDEN', api: verdict.api };
        options.onForbidden();
        return 'pending';
      }
      if (verdict.kind === 'rejected') {
        return { kind: 'refused', status: 'rejected', code: verdict.code, api: verdict.api };
      }
      if (verdict.kind === 'applied' && verdict.page) {
        forbidden.known();
        return { kind: 'page', page: verdict.page };
      }
      if (outages !== options.outages()) {
        outages = options.outages();
        failures = 0;
      }
      failures += 1;
      if (failures >= maxAttempts) {
        if (verdict.kind === 'transient') {
          return { kind: 'refused', status: 'failed', code: verdict.code, api: verdict.api ?? { status: 0 } };
        }
        options.onStranger(verdict.kind === 'not_livedesk' ? verdict.what : 'something unexpected');
        return 'pending';
      }
      await clock.sleep(backoffMs(failures, clock.random()), draining);
      if (draining.aborted) return 'pending';
      options.onRetry();
    }
  };
}
