import type { ApiError } from '../../core/types.ts';
import type { Asked, Verdict } from '../answer/classify.ts';
import type { Page } from '../answer/payload.ts';
import type { NamedValue } from '../answer/redact.ts';
import type { ApiRequest } from '../http/reply.ts';
import { listRequest, PAGE_SIZE } from '../http/requests.ts';
import type { Retry } from './retry.ts';

/** A request that got no good answer: refused for good, or given up after all attempts. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: 'rejected' | 'failed';
  readonly code: string;
  readonly api: ApiError;
}

/** What became of a request that is repeated until it is settled; `pending` where the run stops first. */
export type RequestResult = (Verdict & { readonly kind: 'applied' | 'not_livedesk' }) | Refusal | 'pending';

/**
 * Sends a request until it is settled. An answer that is not the API's is tried again, unless `takesOthers`: then it
 * is given at once.
 */
export type SettleRequest = (
  request: ApiRequest,
  about: Asked,
  takesOthers?: boolean,
) => Promise<RequestResult>;

/** What became of the reading of a page: the page, a refusal, or nothing because the run stops. */
export type PageResult = { readonly kind: 'page'; readonly page: Page } | Refusal | 'pending';

/** Reads a page of a list or a search. `values` are kept out of what is reported of a failure. */
export type ReadPage = (request: ApiRequest, values?: () => Iterable<NamedValue>) => Promise<PageResult>;

export interface RetryReadOptions {
  readonly retry: Retry;
  /** Resolves before each attempt; false once the run drains. */
  readonly permit?: () => Promise<boolean>;
  /** The API key may not read. */
  readonly onForbidden: () => void;
}

/** 403 answers in a row that are taken for the key's fault although a list can be read. */
const FORBIDDEN_IN_A_ROW = 5;

/** Reads pages through the retry loop. */
export function createReadPage(options: RetryReadOptions): ReadPage {
  const settle = createSettleRequest(options);
  let reads = 0;

  return async (request, values) => {
    reads += 1;
    const about: Asked = { contactId: -reads, expects: 'page', fields: [], ...(values ? { values } : {}) };
    const result = await settle(request, about);
    if (result === 'pending' || result.kind === 'refused') return result;
    return result.kind === 'applied' && result.page ? { kind: 'page', page: result.page } : 'pending';
  };
}

/** Sends any request through the retry loop that may be repeated without harm. */
export function createSettleRequest({ retry, permit, onForbidden }: RetryReadOptions): SettleRequest {
  let hasRead = false;
  let forbiddenInARow = 0;

  /** A 403 is about one request, and not about the key, where a list can be read. */
  async function canList(): Promise<boolean> {
    const about: Asked = { contactId: 0, expects: 'page', fields: [] };
    const listed = await retry((send) => send(listRequest(1, PAGE_SIZE), about));
    return listed !== 'pending' && !('end' in listed) && listed.kind === 'applied';
  }

  return async (request, about, takesOthers = false) => {
    const settled = await retry<Verdict & { readonly kind: 'not_livedesk' }>(async (send) => {
      if (permit && !(await permit())) return 'cut';
      const verdict = await send(request, about);
      const isOther = takesOthers && typeof verdict === 'object' && verdict.kind === 'not_livedesk';
      return isOther ? { end: verdict } : verdict;
    });
    if (settled === 'pending') return settled;
    if ('end' in settled) return settled.end;
    if (settled.kind === 'applied') {
      hasRead = true;
      forbiddenInARow = 0;
      return settled;
    }
    if (settled.kind !== 'forbidden') {
      return { kind: 'refused', status: settled.kind, code: settled.code, api: settled.api };
    }
    forbiddenInARow += 1;
    hasRead ||= await canList();
    if (hasRead && forbiddenInARow < FORBIDDEN_IN_A_ROW) {
      return { kind: 'refused', status: 'rejected', code: 'ERR_FORBIDDEN', api: settled.api };
    }
    onForbidden();
    return 'pending';
  };
}
