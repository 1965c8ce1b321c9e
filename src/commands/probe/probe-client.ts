import type { Asked } from '../../client/answer/classify.ts';
import type { Page } from '../../client/answer/payload.ts';
import type { ApiRequest } from '../../client/http/reply.ts';
import {
  destroyAttributesRequest,
  filterRequest,
  type ListOrder,
  listRequest,
  PAGE_SIZE,
  searchRequest,
  showRequest,
  updateRequest,
} from '../../client/http/requests.ts';
import type { Refusal, RequestResult, SettleRequest } from '../../client/resilience/retry-read.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { JsonObject, MatchKey } from '../../core/types.ts';

/** A request that was refused for good, or given up after all attempts; the text of the API is not kept. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly code: string;
}

/** An answer that is not the API's. */
export interface ForeignAnswer {
  readonly kind: 'foreign';
  readonly what: string;
}

/** What a probe can say to the API. Each throws {@link CUT} where the probe is stopped. */
export interface Talk {
  /** The first page of all contacts. */
  list(pageSize: number): Promise<Page | Refused>;
  /** A page of all contacts, from 1, in an order. */
  listPage(number: number, order: ListOrder): Promise<Page | Refused>;
  search(text: string): Promise<Page | Refused>;
  /** The contacts that have exactly this key. */
  filter(key: MatchKey): Promise<Page | Refused | ForeignAnswer>;
  /** GET of one contact. */
  show(id: number): Promise<JsonObject | Refused | ForeignAnswer>;
  /** PATCH of one contact; `{}` changes nothing. */
  update(id: number, body: JsonObject): Promise<JsonObject | Refused>;
  /** Deletes a custom attribute of a contact. Once refused, it is not asked for again. */
  destroyAttribute(id: number, key: string): Promise<JsonObject | Refused | ForeignAnswer>;
  /** Requests that were to change something. */
  readonly writes: number;
}

/** The probe was stopped; why is told by its {@link Stop}. */
export const CUT = new RunError('ERR_PROBE_CUT', 'the probe was stopped', { exitCode: EXIT.stopped });

export function createTalk(settle: SettleRequest): Talk {
  let asked = 0;
  let writes = 0;
  let destroyRefused: Refused | ForeignAnswer | undefined;

  async function settled(request: ApiRequest, about: Asked, takesOthers = false) {
    const result: RequestResult = await settle(request, about, takesOthers);
    if (result === 'pending') throw CUT;
    return result;
  }
  async function pageOrForeign(
    request: ApiRequest,
    takesOthers = true,
  ): Promise<Page | Refused | ForeignAnswer> {
    asked += 1;
    const about: Asked = { contactId: -asked, expects: 'page', fields: [] };
    const answer = await settled(request, about, takesOthers);
    if (answer.kind === 'refused') return refused(answer);
    if (answer.kind === 'not_livedesk') return { kind: 'foreign', what: plainly(answer.what) };
    if (answer.page) return answer.page;
    throw CUT;
  }
  async function page(request: ApiRequest): Promise<Page | Refused> {
    const answer = await pageOrForeign(request, false);
    if (isForeign(answer)) throw CUT;
    return answer;
  }

  return {
    list: (pageSize) => page(listRequest(1, pageSize)),
    listPage: (number, order) => page(listRequest(number, PAGE_SIZE, order)),
    filter: (key) => pageOrForeign(filterRequest(key, 1)),
    search: (text) => page(searchRequest(text, 1)),
    async show(id) {
      const answer = await settled(showRequest(id), { contactId: id, fields: [] }, true);
      if (answer.kind === 'refused') return refused(answer);
      if (answer.kind === 'not_livedesk') return { kind: 'foreign', what: plainly(answer.what) };
      return answer.contact ?? { kind: 'foreign', what: 'an empty answer' };
    },
    async update(id, body) {
      const fields = Object.keys(body);
      if (fields.length > 0) writes += 1;
      const answer = await settled(updateRequest(id, body), { contactId: id, fields });
      if (answer.kind === 'refused') return refused(answer);
      return (answer.kind === 'applied' && answer.contact) || {};
    },
    async destroyAttribute(id, key) {
      if (destroyRefused) return destroyRefused;
      writes += 1;
      const about: Asked = { contactId: id, fields: [`custom_attributes.${key}`] };
      const answer = await settled(destroyAttributesRequest(id, [key]), about, true);
      if (answer.kind === 'applied') return answer.contact ?? {};
      destroyRefused =
        answer.kind === 'refused' ? refused(answer) : { kind: 'foreign', what: plainly(answer.what) };
      return destroyRefused;
    },
    get writes() {
      return writes;
    },
  };
}

/** Whether a request was refused; contacts have no `kind`. */
export function isRefused(answer: object): answer is Refused {
  return 'kind' in answer && answer.kind === 'refused';
}

export function isForeign(answer: object): answer is ForeignAnswer {
  return 'kind' in answer && answer.kind === 'foreign';
}

// --- internal ---

function refused({ code, api }: Refusal): Refused {
  return { kind: 'refused', status: api.status, code };
}

/** Titles of pages may hold anything. */
function plainly(what: string): string {
  return what.startsWith('an HTML page') ? 'an HTML page' : what;
}
