import type { Finding } from '../../account/finding.ts';
import { notLearnt } from '../../account/finding.ts';
import { contactIdOf, type Page } from '../../client/answer/payload.ts';
import type { Answer } from '../../client/http/reply.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/types.ts';
import {
  judgeNotFound,
  judgePageSize,
  judgeReadOnlyFields,
  judgeSearch,
  judgeShow,
  nextPageSize,
  type PageTried,
} from './conclude-reads.ts';
import { type AnswerKind, patchAnswerFinding } from './conclude-writes.ts';
import { attributesOf } from './contact-backup.ts';
import { askExactLookup, askListOrder, type LookupsOptions } from './lookup-experiments.ts';
import { type ForeignAnswer, isForeign, isRefused, type Refused, type Talk } from './probe-client.ts';
import { findByKeys, hitIn, type ReadBy } from './read-contact.ts';

/** An id that no contact has: the largest whole number that JSON carries safely. */
export const NO_CONTACT = Number.MAX_SAFE_INTEGER;

export interface ReadsOptions {
  readonly talk: Talk;
  readonly contactId: number;
  /** Sends GET alone. */
  readonly isReadOnly: boolean;
  /** The last answer of all. */
  readonly lastAnswer: () => Answer | undefined;
  readonly onFinding: (finding: Finding) => void;
}

/** What the reads brought. */
export interface ReadResult {
  /** The contact; undefined where only GET is sent and the API does not show single contacts. */
  readonly contact: JsonObject | undefined;
  /** How it is to be read again. */
  readonly readBy: ReadBy;
  /** What is known of the answers to a PATCH. */
  readonly patchAnswer: readonly AnswerKind[];
}

/** Asks everything that is asked without a write. Throws `RunError` (2) where the contact cannot be read. */
export async function askReads(options: ReadsOptions): Promise<ReadResult> {
  const { talk, contactId, isReadOnly, onFinding } = options;
  const first = await askPageSize(talk, onFinding);
  const shown = await talk.show(contactId);
  const isShown = !isRefused(shown) && !isForeign(shown);
  const patched = isReadOnly ? undefined : await talk.update(contactId, {});
  if (patched && isRefused(patched)) throw notReadable(contactId, patched);
  const listed = first.contacts[0];
  await judgeSingle(options, shown, patched, listed);
  const contact = isShown ? (shown as JsonObject) : patched;

  const lookups: LookupsOptions = { talk, isReadOnly, first, onFinding };
  await askListOrder(lookups);
  const hit = await askSearch(options, contact, first);
  await askExactLookup(lookups, contact);
  const other = isShown ? (shown as JsonObject) : hit;
  const patchAnswer = patched ? answersSeen(patched, other) : [];
  if (isReadOnly) onFinding(patchAnswerFinding([], 'it takes a PATCH, which --read-only leaves out'));
  await askNotFound(options, isShown);
  onFinding(judgeReadOnlyFields(contact));

  if (isShown) return { contact, readBy: 'show', patchAnswer };
  const isByPatch = !patchAnswer.includes('not a read-back');
  return isByPatch
    ? { contact, readBy: 'patch', patchAnswer }
    : { contact: hit, readBy: 'search', patchAnswer };
}

// --- internal ---

async function askPageSize(talk: Talk, onFinding: ReadsOptions['onFinding']): Promise<Page> {
  const tried: PageTried[] = [];
  let first: Page | undefined;
  for (let asked = nextPageSize(undefined, tried); asked; asked = nextPageSize(first?.count, tried)) {
    const page = await talk.list(asked);
    if (isRefused(page)) {
      onFinding(notLearnt('page_size', `a list with page_size=${asked} was refused: ${page.status}`));
      return first ?? { count: undefined, contacts: [] };
    }
    first ??= page;
    tried.push({ asked, got: page.contacts.length });
  }
  onFinding(judgePageSize(first?.count, tried));
  return first ?? { count: undefined, contacts: [] };
}

/** Whether GET of one contact exists: a refusal tells only where the contact is surely there. */
async function judgeSingle(
  { talk, contactId, onFinding }: ReadsOptions,
  shown: JsonObject | Refused | ForeignAnswer,
  patched: JsonObject | undefined,
  listed: JsonObject | undefined,
): Promise<void> {
  if (isForeign(shown)) return onFinding(judgeShow(shown));
  if (!isRefused(shown)) return onFinding(judgeShow({ kind: 'shown' }));
  const { status } = shown;
  if (patched) return onFinding(judgeShow({ kind: 'refused', status, isSurelyThere: true }));
  const id = listed && contactIdOf(listed);
  const other = id === undefined || id === contactId ? shown : await talk.show(id);
  if (!isRefused(other) && !isForeign(other)) throw notReadable(contactId, shown);
  onFinding(judgeShow({ kind: 'refused', status, isSurelyThere: id !== undefined }));
}

/** Asks whether a search finds an e-mail; gives the contact as a search shows it. */
async function askSearch(
  { talk, contactId, onFinding }: ReadsOptions,
  contact: JsonObject | undefined,
  first: Page,
): Promise<JsonObject | undefined> {
  const email = emailOf(contact) ?? first.contacts.map(emailOf).find((one) => one !== undefined);
  if (email === undefined) {
    onFinding(notLearnt('search', 'no contact with an e-mail address was seen'));
  } else {
    const page = await talk.search(email);
    onFinding(judgeSearch(email, isRefused(page) ? `refused, ${page.status}` : page));
    const hit = isRefused(page) ? undefined : hitIn(page, contactId);
    if (hit) return hit;
  }
  return contact && findByKeys(talk, contactId, { ...contact, email: null });
}

/** What the answer to an empty PATCH says of answers, beside the same contact as another request showed it. */
function answersSeen(patched: JsonObject, other: JsonObject | undefined): AnswerKind[] {
  const isMissing = (field: 'custom_attributes' | 'additional_attributes'): boolean =>
    Object.keys(attributesOf(other ?? {}, field)).some(
      (key) => !Object.hasOwn(attributesOf(patched, field), key),
    );
  if (isMissing('custom_attributes') || isMissing('additional_attributes')) return ['not a read-back'];
  return Object.keys(attributesOf(patched, 'custom_attributes')).length > 0 ? ['stored'] : [];
}

async function askNotFound(options: ReadsOptions, isShown: boolean): Promise<void> {
  const { talk, isReadOnly, onFinding, lastAnswer } = options;
  if (!isShown && isReadOnly) {
    onFinding(notLearnt('not_found', 'it takes a PATCH, which --read-only leaves out'));
    return;
  }
  const answer = isShown ? await talk.show(NO_CONTACT) : await talk.update(NO_CONTACT, {});
  onFinding(judgeNotFound(lastAnswer(), isRefused(answer) ? answer.code : undefined));
}

function emailOf(contact: JsonObject | undefined): string | undefined {
  const email = contact?.['email'];
  return typeof email === 'string' && email !== '' ? email : undefined;
}

function notReadable(contactId: number, { code, status }: Refused): RunError {
  const told = `contact ${contactId} cannot be probed: ${WHY_NOT[code] ?? 'the API refuses to show it'}`;
  return new RunError(code, `${told}${status > 0 ? ` (${status})` : ''}. Nothing was written.`, {
    exitCode: PASSING.has(code) ? EXIT.stopped : EXIT.usage,
  });
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ERR_NOT_FOUND: 'the account has no such contact',
  ERR_STORED_RECORD: 'the API refuses it as it is stored; mend it in LiveDesk or offer another one',
  ERR_FORBIDDEN: 'the API key may not change it',
  ERR_NETWORK: 'the API could not be reached',
  ERR_TIMEOUT: 'the API did not answer in time',
  ERR_SERVER: 'the API answers with server errors',
};
/** What may be otherwise in a while. */
const PASSING: ReadonlySet<string> = new Set(['ERR_NETWORK', 'ERR_TIMEOUT', 'ERR_SERVER', 'ERR_TRANSIENT']);
