import { isObject } from '../../core/json.ts';
import type { ApiError, JsonObject } from '../../core/types.ts';
import type { Answer, NetworkFault } from '../http/reply.ts';
import { type ParsedBody, type ParsedError, parseApiError, parseBody } from './api-error.ts';
import { meaningOf } from './error-codes.ts';
import { type Expects, findExpected, type Page, whatInstead } from './payload.ts';
import { type NamedValue, redactWhole, WITHHELD } from './redact.ts';
import { retryAfterMs, statedWaitMs } from './retry-after.ts';

/** What a reply means for the row and for the run. */
export type Verdict =
  /** 2xx with what was asked for; for a contact also an empty 204. */
  | {
      readonly kind: 'applied';
      readonly status: number;
      /** The contact asked for, or the one made. */
      readonly contact?: JsonObject;
      /** The page asked for. */
      readonly page?: Page;
    }
  /** Too fast: all requests wait. `waitMs` is what the server asked for, if it did. */
  | { readonly kind: 'throttled'; readonly waitMs?: number; readonly api: ApiError }
  /** May pass later: 408, 425, 5xx, no answer, an unknown error code. */
  | { readonly kind: 'transient'; readonly code: string; readonly outage: boolean; readonly api?: ApiError }
  /** Refused for good. */
  | { readonly kind: 'rejected'; readonly code: string; readonly api: ApiError }
  /** 403: the contact's fault or the key's, which only other contacts' answers tell. */
  | { readonly kind: 'forbidden'; readonly api: ApiError }
  /** 401: no row can pass. */
  | { readonly kind: 'unauthorized'; readonly api: ApiError }
  /** Something that is not the API answered: a login page, a proxy. */
  | { readonly kind: 'not_livedesk'; readonly what: string; readonly api: ApiError };

/** What was asked, as far as the meaning of the answer depends on it. */
export interface Asked {
  /** Where there is no contact yet, a negative number of the request's own, or 0. */
  readonly contactId: number;
  /** Default `contact`. */
  readonly expects?: Expects | undefined;
  /** Paths in the body. */
  readonly fields: readonly string[];
  /** Every value of the row by name, to keep them out of what is reported. */
  readonly values?: (() => Iterable<NamedValue>) | undefined;
}

/** Decides what a reply means. Pure; `nowMs` is Unix time, for waits given as dates. */
export function classify(reply: Answer | NetworkFault, asked: Asked, nowMs: number): Verdict {
  if (reply.kind === 'fault') {
    const code = reply.code === 'ETIMEDOUT' ? 'ERR_TIMEOUT' : 'ERR_NETWORK';
    return { kind: 'transient', code, outage: true, api: { status: 0, code: reply.code } };
  }
  const { status } = reply;
  const body = parseBody(reply.body);
  const api = parseApiError(status, reply.body, body.kind === 'json' ? body.value : undefined);
  const wait = retryAfterMs(reply.headers, nowMs);
  const waiting = wait === undefined ? {} : { waitMs: wait };

  if (status === 429) return { kind: 'throttled', api, ...waiting };
  if (status === 408 || status === 425)
    return { kind: 'transient', code: 'ERR_TRANSIENT', outage: false, api };
  if (status >= 500) return classifyServerError(reply, api, asked, nowMs);
  if (status < 200) return notLiveDesk(`a switch to another protocol (${status})`, { status });
  if (status >= 300 && status < 400) return notLiveDesk(`a redirect (${status})${hostOf(reply)}`, api);
  if (status === 407) return notLiveDesk('a proxy that asks for a login (407)', api);
  const foreign = foreignBody(reply, body, api, asked);
  if (foreign !== undefined) return notLiveDesk(foreign, { status });
  if (status < 300) return classifySuccess(reply, body, api, asked, waiting);
  if (status === 400 && api.code !== undefined && api.code !== '0')
    return classifyCode(api.code, api, waiting);
  if (status === 401) return { kind: 'unauthorized', api };
  if (status === 403) return { kind: 'forbidden', api };
  if (status === 404) return { kind: 'rejected', code: 'ERR_NOT_FOUND', api };
  if (status === 409) return { kind: 'rejected', code: 'ERR_CONFLICT', api };
  if (status === 422) return { kind: 'rejected', code: validationCode(api, asked), api };
  return { kind: 'rejected', code: 'ERR_BAD_REQUEST', api };
}

// --- internal ---

function classifyServerError(reply: Answer, api: ParsedError, asked: Asked, nowMs: number): Verdict {
  // not X-Rate-Limit-Reset: services that send it send it with every answer
  const pause = reply.status === 503 ? statedWaitMs(reply.headers, nowMs) : undefined;
  if (pause !== undefined) return { kind: 'throttled', api, waitMs: pause };
  // a creation breaks at channels that take none, each time: the look-up that follows tells of an outage (trap 40)
  const isOfInbox = asked.expects === 'created' && reply.status === 500;
  return { kind: 'transient', code: 'ERR_SERVER', outage: !isOfInbox, api };
}

/** Statuses of which the API, or what guards it, may give the reason in plain text. */
const IN_PLAIN_TEXT: ReadonlySet<number> = new Set([401, 403]);

/** What a body is that no API of this kind sends, whatever the status; undefined where it may be the API's. */
function foreignBody(
  { status, headers, body: text, isCut }: Answer,
  body: ParsedBody,
  api: ParsedError,
  asked: Asked,
): string | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity' && encoding !== '') {
    return `a compressed answer (${String(encoding).slice(0, 20)}), although none was asked for`;
  }
  if (isCut && status < 300) return 'an answer without end: more than 32 MiB';
  if (body.kind === 'too deep') return 'JSON that is nested without end';
  if (body.kind === 'json' && isObject(body.value)) return undefined;
  if (text === '') return undefined;
  // a gateway refuses what is too large in the API's place, and that is about the request
  if (status === 413) return undefined;
  if (api.isHtml) {
    const title = redactWhole(api.text ?? '', asked.values?.() ?? []);
    const page = title === WITHHELD ? 'an HTML page' : `an HTML page titled ${JSON.stringify(title)}`;
    return `${page}${status < 300 ? '' : ` (${status})`}`;
  }
  if (IN_PLAIN_TEXT.has(status)) return undefined;
  return `something that is not JSON${status < 300 ? '' : ` (${status})`}`;
}

function classifySuccess(
  reply: Answer,
  body: ParsedBody,
  api: ParsedError,
  asked: Asked,
  waiting: { waitMs?: number },
): Verdict {
  const { status } = reply;
  const { expects = 'contact' } = asked;
  if (reply.body === '') {
    const isEnough = status === 204 && expects === 'contact';
    return isEnough ? { kind: 'applied', status } : notLiveDesk('an empty answer', { status });
  }
  const json = body.kind === 'json' && isObject(body.value) ? body.value : {};
  const found = findExpected(json, expects, asked.contactId);
  if (found) return { kind: 'applied', status, ...found };
  // 2xx with a non-zero code is a failure on sister products (livedesk-api.md 4)
  if (api.code !== undefined && api.code !== '0') return classifyCode(api.code, api, waiting);
  return notLiveDesk(whatInstead(json, expects), { status });
}

function classifyCode(code: string, api: ApiError, waiting: { waitMs?: number }): Verdict {
  const meaning = meaningOf(code);
  switch (meaning) {
    case 'unauthorized':
      return { kind: 'unauthorized', api };
    case 'forbidden':
      return { kind: 'forbidden', api };
    case 'throttled':
      return { kind: 'throttled', api, ...waiting };
    case 'validation':
      return { kind: 'rejected', code: 'ERR_VALIDATION', api };
    case 'not_found':
      return { kind: 'rejected', code: 'ERR_NOT_FOUND', api };
    case 'conflict':
      return { kind: 'rejected', code: 'ERR_CONFLICT', api };
    case 'transient':
      return { kind: 'transient', code: 'ERR_TRANSIENT', outage: false, api };
  }
}

/**
 * A 422 that names only attributes the row did not send is about the stored record: the API validates the
 * whole contact (livedesk-api.md 5.4, trap 24).
 */
function validationCode(api: ApiError, asked: Asked): string {
  if (!api.attributes?.length) return 'ERR_VALIDATION';
  const sent = new Set(asked.fields.map((path) => path.split('.', 1)[0]));
  return api.attributes.some((name) => sent.has(name)) ? 'ERR_VALIDATION' : 'ERR_STORED_RECORD';
}

function notLiveDesk(what: string, api: ApiError): Verdict {
  return { kind: 'not_livedesk', what, api };
}

function hostOf(reply: Answer): string {
  const location = reply.headers['location'];
  if (typeof location !== 'string') return '';
  try {
    return ` to ${new URL(location).host}`;
  } catch {
    return ' to another path';
  }
}
