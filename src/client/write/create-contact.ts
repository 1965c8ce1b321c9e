import type { Clock } from '../../core/clock.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { ApiError, JsonObject, MatchKey, Outcome, PatchBody, RowError } from '../../core/types.ts';
import type { Asked } from '../answer/classify.ts';
import { describeFailure } from '../answer/failure-text.ts';
import { contactIdOf } from '../answer/payload.ts';
import { type NamedValue, redactApiError } from '../answer/redact.ts';
import { createRequest } from '../http/requests.ts';
import { ambiguous, taken, unanswered } from '../lookup/match-error.ts';
import { textOf } from '../lookup/match-key.ts';
import type { Search } from '../lookup/search.ts';
import type { ForbiddenPolicy } from '../resilience/forbidden-policy.ts';
import type { Retry, Try } from '../resilience/retry.ts';
import { CREATE_FIELDS, certainKeys, creationBody, isSamePerson } from './create-request.ts';

/** What became of a wish for a contact. `requests` counts the POSTs. */
export type Created =
  /** Made, as the API answered it. */
  | { readonly kind: 'created'; readonly id: number; readonly contact: JsonObject; readonly requests: number }
  /** There is one already. `isOurs`: a POST of this wish went out before without an answer, and most likely made it. */
  | {
      readonly kind: 'found';
      readonly id: number;
      readonly contact: JsonObject;
      readonly isOurs: boolean;
      readonly requests: number;
    }
  /** There is none, and there will be none. */
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** 403: what other contacts are answered decides whose fault it is. */
  | { readonly kind: 'held'; readonly held: Promise<Outcome | 'pending'> }
  | 'pending';

/** A contact that is wished for. */
export interface NewContact {
  /** The channel that the contact comes through (livedesk-api.md 3.2). */
  readonly inboxId: number | string;
  /** The keys that the row names its contact by, in the order in which they are tried. */
  readonly keys: readonly MatchKey[];
  /** Of the row's patch. Name, email, phone_number and identifier are sent; email or identifier must be there. */
  readonly body: PatchBody;
  /** Every value of the row by name, to keep them out of what is reported. */
  readonly values: () => Iterable<NamedValue>;
  /** A pull missed the contact and its creation would not show that it is there: it is looked for first. */
  readonly mayExist?: boolean;
  /** An earlier process noted the intent and no outcome: looks before it sends anything. */
  readonly isUnsure?: boolean;
}

/**
 * Makes a contact, or finds the one that is there. `onIntent` is awaited before anything that could make one is
 * sent. Throws `ERR_INBOX` where the account has no such inbox, or none through which contacts can be made.
 */
export type CreateContact = (wish: NewContact, onIntent: () => Promise<void>) => Promise<Created>;

export interface CreateOptions {
  readonly retry: Retry;
  readonly search: Search;
  readonly forbidden: ForbiddenPolicy;
  readonly clock: Clock;
}

/** Makes the one call that must not be repeated blindly: after a POST without a clear answer it looks first. */
export function createContactCreator(options: CreateOptions): CreateContact {
  const { retry, search, forbidden, clock } = options;
  let wishes = 0;
  /** Wishes that broke the API at an inbox through which nothing was made yet, while look-ups passed (trap 40). */
  const broken = new Map<NewContact['inboxId'], Set<number>>();

  /**
   * The contact that has one of these keys already. It is the row's only if the row names its contact by that key, and is
   * another person if it has another identifier.
   */
  async function lookUp(
    keys: readonly MatchKey[],
    named: readonly MatchKey[],
    body: JsonObject,
    values: NewContact['values'],
  ): Promise<Existing | 'pending' | undefined> {
    for (const key of keys) {
      const hits = await search(key);
      if (hits === 'pending') return hits;
      if (hits.kind !== 'hits') return { kind: 'ended', ...unanswered(key, hits, values()) };
      const [contact] = hits.contacts;
      const id = contact && contactIdOf(contact);
      if (!contact || id === undefined) continue;
      if (hits.contacts.length > 1) {
        const ids = hits.contacts.flatMap((one) => contactIdOf(one) ?? []);
        return { kind: 'ended', status: 'invalid', error: ambiguous(key.field, ids) };
      }
      const isNamed = named.some((one) => textOf(one) === textOf(key));
      if (isNamed && isSamePerson(body, contact)) return { kind: 'found', id, contact };
      return { kind: 'ended', status: 'rejected', error: taken(id, key.field, isNamed) };
    }
    return undefined;
  }

  const isWorking = new Set<NewContact['inboxId']>();

  function strike(inboxId: NewContact['inboxId'], wish: number): void {
    if (isWorking.has(inboxId)) return;
    const wishesOf = (broken.get(inboxId) ?? new Set()).add(wish);
    broken.set(inboxId, wishesOf);
    if (wishesOf.size >= STRIKES) throw brokenInbox(inboxId);
  }

  return async (wish, onIntent) => {
    const { values } = wish;
    const body = creationBody(wish.inboxId, wish.body);
    wishes += 1;
    const about: Asked = { contactId: -wishes, expects: 'created', fields: Object.keys(body), values };
    const beganAt = clock.monotonic();
    let requests = 0;
    let isNoted = false;
    /** Whether a contact may have been made without our knowing. */
    let isUnsure = wish.isUnsure ?? false;
    /** Status of the last POST that failed. */
    let lastStatus: number | undefined;

    const ended = (status: Outcome['status'], error: RowError, httpStatus = 0): Outcome => ({
      status,
      ...(httpStatus > 0 ? { httpStatus } : {}),
      attempts: requests,
      durationMs: Math.round(clock.monotonic() - beganAt),
      error,
    });
    const refused = (status: 'rejected' | 'failed', code: string, said: ApiError): Outcome => {
      const api = redactApiError(said, values());
      const message = `the contact could not be made: ${describeFailure(code, api, requests)}`;
      const field = CREATE_FIELDS.find((name) => api.attributes?.includes(name));
      return ended(status, { code, message, api, ...(field ? { field } : {}) }, api.status);
    };
    const found = async (isOurs: boolean): Promise<Created | undefined> => {
      // a phone says nothing of a contact that may have been made: several may have it
      const keys = isOurs ? certainKeys(body) : distinctKeys([...wish.keys, ...certainKeys(body)]);
      const existing = await lookUp(keys, isOurs ? keys : wish.keys, body, values);
      if (existing === 'pending' || existing === undefined) return existing;
      if (existing.kind === 'found') return { ...existing, isOurs, requests };
      return { kind: 'ended', outcome: ended(existing.status, existing.error) };
    };

    const existing = wish.mayExist ? await found(false) : undefined;
    if (existing) return existing;
    if (certainKeys(body).length === 0) return { kind: 'ended', outcome: ended('invalid', NO_KEY) };
    /** One try: after a POST without a clear answer it looks whether the contact was made, else it makes it. */
    const tryOnce: Try<Created> = async (send) => {
      if (isUnsure) {
        const existing = await found(true);
        if (existing) return { end: existing };
        if (lastStatus === 500) strike(wish.inboxId, about.contactId);
        isUnsure = false;
      }
      if (!isNoted) await onIntent();
      isNoted = true;
      const verdict = await send(createRequest(body), about);
      if (typeof verdict === 'string') return verdict;
      switch (verdict.kind) {
        case 'rejected': {
          if (verdict.code === 'ERR_NOT_FOUND') throw noInbox(wish.inboxId);
          const existing = mayBeTaken(verdict.api, wish.keys) ? await found(false) : undefined;
          return existing ? { end: existing } : verdict;
        }
        case 'throttled':
          // a gateway that is out of breath may have let the request through
          isUnsure = verdict.api.status === 503;
          return verdict;
        case 'transient':
        case 'not_livedesk':
          isUnsure = true;
          lastStatus = verdict.api?.status;
          return verdict;
        default:
          return verdict;
      }
    };
    const settled = await retry(tryOnce, () => {
      requests += 1;
    });
    if (settled === 'pending') return settled;
    if ('end' in settled) return settled.end;
    switch (settled.kind) {
      case 'applied': {
        isWorking.add(wish.inboxId);
        const contact = settled.contact ?? {};
        return { kind: 'created', id: contactIdOf(contact) ?? 0, contact, requests };
      }
      case 'rejected':
        return { kind: 'ended', outcome: refused('rejected', settled.code, settled.api) };
      case 'failed':
        // the last POST may have made it
        return (
          (await found(true)) ?? { kind: 'ended', outcome: refused('failed', settled.code, settled.api) }
        );
      case 'forbidden': {
        const { api } = settled;
        const ruling = forbidden.hold(about.contactId);
        return {
          kind: 'held',
          held: ruling.then((says) =>
            says === 'pending' ? says : refused('rejected', 'ERR_FORBIDDEN', api),
          ),
        };
      }
    }
  };
}

// --- internal ---

type Existing =
  | { readonly kind: 'found'; readonly id: number; readonly contact: JsonObject }
  | {
      readonly kind: 'ended';
      readonly status: 'invalid' | 'rejected' | 'failed';
      readonly error: RowError;
    };

const NO_KEY: RowError = {
  code: 'ERR_NO_KEY',
  message:
    'a contact is only made with an email or an identifier: of these an account holds each once, so that a creation whose answer got lost makes no second one',
};

/** Different rows whose creation breaks the API, after which it is the inbox. */
const STRIKES = 3;

/** Whether the API may have refused a value because another contact has it; its text is in the account's language. */
function mayBeTaken({ status, attributes, text }: ApiError, keys: readonly MatchKey[]): boolean {
  if (text?.startsWith(PARAMETER_MISSING)) return false;
  if (status === 409 || !attributes?.length) return true;
  return ['email', 'identifier', ...keys.map(({ field }) => field)].some((name) => attributes.includes(name));
}

/** Each key once, at its first place. */
function distinctKeys(keys: readonly MatchKey[]): readonly MatchKey[] {
  const texts = keys.map(textOf);
  return keys.filter((_, i) => texts.indexOf(texts[i] ?? '') === i);
}

/** How the API begins to say what a channel needs of a new contact: its e-mail, or its phone number. */
const PARAMETER_MISSING = 'param is missing';

function brokenInbox(inboxId: number | string): RunError {
  return new RunError(
    'ERR_INBOX',
    `no contact can be made through inbox ${JSON.stringify(inboxId)}: the creation of ${STRIKES} different rows broke the API (500) while searches passed. Channels such as Facebook or Telegram make contacts of their own messages only. Name the inbox of a website or API channel in inbox_id of the mapping (the Channel ID on the settings page of the channel), and start a new run: nothing was made.`,
    { exitCode: EXIT.stopped },
  );
}

function noInbox(inboxId: number | string): RunError {
  return new RunError(
    'ERR_INBOX',
    `the account has no inbox ${JSON.stringify(inboxId)}: correct inbox_id in the mapping (the Channel ID on the settings page of the channel)`,
    { exitCode: EXIT.stopped },
  );
}
