import { type Finding, notLearnt } from '../../account/finding.ts';
import type { Page } from '../../client/answer/payload.ts';
import { OLDEST_FIRST, OLDEST_FIRST_UNTIED, PAGE_SIZE } from '../../client/http/requests.ts';
import { keyValue } from '../../client/lookup/match-key.ts';
import { type JsonObject, KEY_FIELDS, type MatchKey } from '../../core/types.ts';
import {
  type FilterTried,
  isOfOneMoment,
  isSortedByKeys,
  judgeExactLookup,
  judgeListOrder,
  standsTurned,
} from './conclude-lookups.ts';
import { isForeign, isRefused, type Talk } from './probe-client.ts';

export interface LookupsOptions {
  readonly talk: Talk;
  /** Sends GET alone. */
  readonly isReadOnly: boolean;
  /** The first page of all contacts. */
  readonly first: Page;
  readonly onFinding: (finding: Finding) => void;
}

/** Where in the list contacts of one import are looked for: mostly an account began with it. */
const PLACES = [1 / 4, 1 / 2, 1 / 8, 3 / 4];
/** A reserved domain: nobody has this address. */
const NOBODY: MatchKey = { field: 'email', value: 'nobody@livedesk-sync.invalid' };

/** Asks in which order a list by age shows contacts that were made at the same moment. */
export async function askListOrder({ talk, first, onFinding }: LookupsOptions): Promise<void> {
  const pages = Math.ceil((first.count ?? 0) / PAGE_SIZE);
  const numbers = new Set(PLACES.map((place) => Math.ceil(pages * place)).filter((number) => number > 0));
  for (const number of numbers) {
    const page = await talk.listPage(number, OLDEST_FIRST);
    if (isRefused(page)) {
      onFinding(notLearnt('list_order', `a list by created_at was refused: ${page.status}`));
      return;
    }
    if (!isOfOneMoment(page.contacts)) continue;
    onFinding(judgeListOrder(await tiesOn(talk, number, page)));
    return;
  }
  onFinding(judgeListOrder(undefined));
}

/** Asks whether contacts are found by exact keys: first for a key that no contact has, then for those of contacts. */
export async function askExactLookup(
  { talk, isReadOnly, first, onFinding }: LookupsOptions,
  contact: JsonObject | undefined,
): Promise<void> {
  if (isReadOnly) {
    onFinding(notLearnt('exact_lookup', 'it takes a POST, which --read-only leaves out'));
    return;
  }
  const contacts = [...(contact ? [contact] : []), ...first.contacts];
  const keys = KEY_FIELDS.flatMap((field): MatchKey[] => {
    const value = contacts.map((one) => keyValue(one, field)).find((one) => one !== undefined);
    return value === undefined ? [] : [{ field, value }];
  });
  const tried: FilterTried[] = [];
  for (const key of [NOBODY, ...keys]) {
    const answer = await talk.filter(key);
    tried.push({ key, answer });
    if (isRefused(answer) || isForeign(answer)) break;
  }
  onFinding(judgeExactLookup(tried));
}

// --- internal ---

/** Compares a page of contacts of one moment with the same page under more sort keys, and with the list turned round. */
async function tiesOn(
  talk: Talk,
  number: number,
  { count = 0, contacts }: Page,
): Promise<'sorted' | 'kept' | 'uncertain'> {
  const sorted = await talk.listPage(number, OLDEST_FIRST_UNTIED);
  if (!isRefused(sorted) && isSortedByKeys(sorted.contacts) && !isSortedByKeys(contacts)) return 'sorted';
  const place = Math.max(0, count - (number - 1) * PAGE_SIZE - contacts.length);
  const numbers = new Set([place, place + contacts.length - 1].map((at) => Math.floor(at / PAGE_SIZE) + 1));
  const turned: JsonObject[] = [];
  for (const one of numbers) {
    const page = await talk.listPage(one, { ...OLDEST_FIRST, direction: 'desc' });
    if (!isRefused(page)) turned.push(...page.contacts);
  }
  return standsTurned(contacts, turned) ? 'kept' : 'uncertain';
}
