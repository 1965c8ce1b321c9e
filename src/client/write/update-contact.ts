import type { Clock } from '../../core/clock.ts';
import { overlaps, valueAt } from '../../core/field-path.ts';
import { isObject } from '../../core/json.ts';
import { MAX_COLUMN_LENGTH, overlongKey, type SyncedKey } from '../../core/synced-columns.ts';
import type {
  ApiError,
  Delivered,
  JsonObject,
  Outcome,
  Patch,
  PatchBody,
  RowError,
} from '../../core/types.ts';
import { describeFailure } from '../answer/failure-text.ts';
import { type NamedValue, redactApiError } from '../answer/redact.ts';
import { updateRequest } from '../http/requests.ts';
import type { ForbiddenPolicy } from '../resilience/forbidden-policy.ts';
import type { Retry, SendOnce, Try } from '../resilience/retry.ts';
import { completeBody } from './complete-attributes.ts';
import {
  learnFromReadback,
  missingFromReadback,
  READBACK_UNKNOWN,
  type ReadbackTrust,
  sameValue,
} from './readback.ts';

export interface UpdateContactOptions {
  readonly retry: Retry;
  readonly forbidden: ForbiddenPolicy;
  readonly clock: Clock;
  /** The API took a patch; `contact` is its answer where answers were seen to be read-backs. */
  readonly onApplied: (patch: Patch, contact: JsonObject | undefined) => void;
  /** The run stops before any request that writes the patch has left. */
  readonly onUnsent?: (patch: Patch) => void;
  /** A read showed this contact, before a write. */
  readonly onRead?: (contact: JsonObject) => void;
  /** An empty patch was sent to a contact whose writes broke the API, and was taken. */
  readonly onHealed?: (contactId: number) => void;
  /** Called once, when answers turn out not to show what was written. */
  readonly onNoReadback: () => void;
  /** What is known of the answers before the first one. Default: nothing. */
  readonly readback?: ReadbackTrust;
}

/** What is known of a contact before its patch is sent. */
export interface KnownContact {
  /** Whether it has what the patch expects; else it is read first. Default: where the patch expects nothing. */
  readonly isVerified?: boolean;
  /** Where a patch depends on what the contact holds. Default: it does not. */
  readonly present?: Present | undefined;
  /**
   * Resolves when a patch may leave; called before each write, with the contact as the read before the first one showed
   * it. Default: at once.
   */
  readonly beforeWrite?: (patch: Patch, shown: JsonObject | undefined) => Promise<unknown>;
}

/** What a contact holds, as far as a patch depends on it. */
export interface Present {
  /** When that was seen which the patch was made for, in monotonic milliseconds; minus infinity where nothing was. */
  readonly seenAt: number;
  /** Nothing is sent unless the contact was seen. Default: what cannot be seen is sent as it is. */
  readonly isRequired?: boolean;
  /** What is left of the patch for the contact as it was read just now. */
  readonly revise: (contact: JsonObject) => Revised;
}

/** A patch for a contact as it is now: what is left to send, or an outcome where nothing is. */
export type Revised =
  | { readonly kind: 'send'; readonly patch: Patch; readonly conflicts?: readonly string[] }
  | { readonly kind: 'done'; readonly outcome: Outcome };

/**
 * Brings a patch to its outcome. `values` names every value of the row, to keep them out of what is logged. A contact of
 * which something must be known that is not, or not any more, is read before it is written.
 */
export type UpdateContact = (
  patch: Patch,
  values: () => Iterable<NamedValue>,
  known?: KnownContact,
) => Promise<Delivered>;

/** Updates contacts through the retry loop, and says what an answer means for the row. */
export function createUpdateContact(options: UpdateContactOptions): UpdateContact {
  const { retry, forbidden, clock } = options;
  let trust = options.readback ?? READBACK_UNKNOWN;

  return async (given, values, { isVerified = given.expect === undefined, present, beforeWrite } = {}) => {
    /** What is sent: the patch given, or what a read left of it. */
    let patch = given;
    /** Conflicts that a read showed; undefined where none was needed, so that those known before stand. */
    let conflicts: readonly string[] | undefined;
    let startedAt: number | undefined;
    let requests = 0;
    let reads = 0;

    const ended = (status: Outcome['status'], more: Partial<Outcome>): Outcome => ({
      // spelled out: there is one for each row
      status,
      reason: more.reason,
      contactId: patch.contactId,
      httpStatus: more.httpStatus,
      attempts: requests,
      reads: reads > 0 ? reads : undefined,
      durationMs: startedAt === undefined ? 0 : Math.round(clock.monotonic() - startedAt),
      fields: more.fields,
      notApplied: more.notApplied,
      confirms: more.confirms,
      conflicts: more.conflicts ?? conflicts,
      kept: more.kept,
      error: more.error,
    });
    const refused = (status: 'rejected' | 'failed' | 'invalid', code: string, api: ApiError): Outcome => {
      const redacted = redactApiError(api, values());
      const error: RowError = { code, message: describeFailure(code, redacted, requests), api: redacted };
      const field = patch.fields.find((path) => api.attributes?.includes(path));
      return ended(status, {
        ...(api.status > 0 ? { httpStatus: api.status } : {}),
        error: field === undefined ? error : { ...error, field },
      });
    };
    /** Writes of this row that broke the API. */
    let broken = 0;
    let isHealed = false;
    let isRightContact = isVerified;
    let seenAt = present?.seenAt ?? Number.NEGATIVE_INFINITY;
    /** The contact as the last read showed it. */
    let shown: JsonObject | undefined;
    /** The body made complete by a read. */
    let completed: PatchBody | undefined;
    /** One try of the row: the read where one is needed, then the write. */
    const tryOnce: Try<Outcome> = (send) =>
      patch.complete || present || !isRightContact ? readAndWrite(send) : writePlain(send);
    const ask: AskContact = (send, body, fields, isOutdated) =>
      send(updateRequest(patch.contactId, body), { contactId: patch.contactId, fields, values }, isOutdated);
    /** An empty patch changes nothing and answers the whole contact (livedesk-api.md 5.2). */
    const readContact = async (send: SendOnce): ReturnType<SendOnce> => {
      const before = requests;
      const verdict = await ask(send, {}, []);
      reads += requests - before;
      return verdict;
    };
    /** The read that is needed first, then the write. */
    const readAndWrite = async (send: SendOnce): ReturnType<Try<Outcome>> => {
      // once a write has left, the contact may show what it has set
      const mayRevise = present !== undefined && requests === reads;
      const isStale = isOld(seenAt) && (mayRevise || patch.complete);
      if (isStale || !isRightContact || (patch.complete && !completed)) {
        const readAt = clock.monotonic();
        const read = await readContact(send);
        if (typeof read === 'string' || read.kind !== 'applied') return read;
        const contact = read.contact && shownBy(read.contact, trust);
        if (contact) options.onRead?.(contact);
        const wrong = wrongContact(patch, read.contact);
        if (wrong) return { end: ended('invalid', { error: wrong }) };
        isRightContact = true;
        shown = read.contact;
        seenAt = readAt;
        if (mayRevise && !contact && present.isRequired) return { end: ended('invalid', { error: UNSEEN }) };
        if (mayRevise && contact) {
          const revised = present.revise(contact);
          conflicts = (revised.kind === 'done' ? revised.outcome : revised).conflicts ?? [];
          if (revised.kind === 'done') {
            const { status, ...more } = revised.outcome;
            return { end: ended(status, more) };
          }
          ({ patch } = revised);
        }
        if (patch.complete) {
          const body = read.contact && completeBody(patch.body, read.contact);
          if (!body) return { end: ended('invalid', { error: UNREADABLE }) };
          const overlong = overlongKey(body['additional_attributes']);
          if (overlong) return { end: ended('invalid', { error: carriesOverlong(overlong) }) };
          completed = body;
        }
      }
      if (!patch.complete || !completed) return writePlain(send);
      if (beforeWrite) await beforeWrite(patch, shown);
      const verdict = await ask(send, completed, patch.fields, () => isOld(seenAt));
      const isThrottled = typeof verdict === 'object' && verdict.kind === 'throttled';
      if (!isThrottled) completed = undefined;
      return verdict;
    };
    /** The write of a patch that is complete as it is. */
    const writePlain = async (send: SendOnce): ReturnType<SendOnce> => {
      if (broken === HEALED_AFTER && !isHealed && sendsAttributes(patch)) {
        isHealed = true;
        // an empty patch gives attributes that are null in the database a value, without which each write of them breaks
        const healed = await readContact(send);
        if (typeof healed !== 'string' && healed.kind === 'applied') options.onHealed?.(patch.contactId);
      }
      if (beforeWrite) await beforeWrite(patch, shown);
      const isOutdated = present && requests === reads ? () => isOld(seenAt) : undefined;
      const written = await ask(send, patch.body, patch.fields, isOutdated);
      if (typeof written !== 'string' && written.kind === 'transient' && written.api?.status === 500)
        broken += 1;
      return written;
    };
    const isOld = (readAt: number): boolean => clock.monotonic() - readAt > READ_SERVES_MS;

    const applied = (status: number, contact: JsonObject | undefined): Outcome => {
      const isChecked = contact && patch.expect !== undefined && isVerified;
      const wrong = isChecked ? wrongContact(unset(patch, contact), contact) : undefined;
      if (wrong) {
        if (contact) options.onRead?.(contact); // what was known of it is old
        return ended('invalid', { httpStatus: status, fields: patch.fields, error: wrong });
      }
      if (!contact) {
        options.onApplied(patch, undefined);
        return ended('updated', { httpStatus: status, fields: patch.fields });
      }
      const missing = missingFromReadback(patch.body, contact);
      const before = trust.verdict;
      trust = learnFromReadback(trust, patch.body, missing);
      if (before === 'unknown' && trust.verdict === 'not a read-back') options.onNoReadback();
      options.onApplied(patch, trust.verdict === 'read-back' ? contact : undefined);
      const notApplied = trust.verdict === 'read-back' && missing.length > 0 ? missing : undefined;
      return ended('updated', { httpStatus: status, fields: patch.fields, notApplied });
    };

    const settled = await retry(tryOnce, () => {
      startedAt ??= clock.monotonic();
      requests += 1;
    });
    if (settled === 'pending') {
      if (requests === reads) options.onUnsent?.(patch);
      return settled;
    }
    if ('end' in settled) return settled.end;
    switch (settled.kind) {
      case 'applied':
        return applied(settled.status, settled.contact);
      case 'rejected':
      case 'failed':
        return refused(settled.kind, settled.code, settled.api);
      case 'forbidden': {
        const { api } = settled;
        const ruling = forbidden.hold(patch.contactId);
        return {
          held: ruling.then((says) =>
            says === 'pending' ? says : refused('rejected', 'ERR_FORBIDDEN', api),
          ),
        };
      }
    }
  };
}

// --- internal ---

/** Sends a patch of the row's contact once; `isOutdated` says whether its body is too old by the time it would leave. */
type AskContact = (
  send: SendOnce,
  body: PatchBody,
  fields: readonly string[],
  isOutdated?: () => boolean,
) => ReturnType<SendOnce>;

/** Server errors after which a contact is taken for one whose attributes are null (livedesk-api.md 6.21). */
const HEALED_AFTER = 2;

/** Whether a patch sets attributes, which may be null in the database. */
function sendsAttributes({ body }: Patch): boolean {
  return body['custom_attributes'] !== undefined || body['additional_attributes'] !== undefined;
}

/**
 * A read serves for a write that is sent so much later at most, be it throttled or held back by an outage meanwhile.
 * Were a throttled row read again each time, rows could spend every window of a rate limit on reads and never write.
 */
const READ_SERVES_MS = 2 * 60_000;

const UNREADABLE: RowError = {
  code: 'ERR_NO_READ',
  message:
    'the API did not show the contact, so additional_attributes cannot be completed without losing keys; ' +
    'if this account merges them, say `additional_attributes: merges` in the mapping',
};

const UNSEEN: RowError = {
  code: 'ERR_NO_READ',
  message: 'the API did not show the contact, so its present values could not be compared; nothing was sent',
};

/**
 * What a read shows for sure: the documentation's own example answers with empty `custom_attributes`, whatever the contact
 * has (livedesk-api.md 2.3), so that they are believed only where answers were seen to show what was written.
 */
function shownBy(contact: JsonObject, { verdict }: ReadbackTrust): JsonObject {
  const { custom_attributes: attributes, ...others } = contact;
  const isEmpty = isObject(attributes) && Object.keys(attributes).length === 0;
  return isEmpty && verdict !== 'read-back' ? others : contact;
}

/** The patch with what it expects in fields that the answer shows and it does not set itself. */
function unset(patch: Patch, contact: JsonObject): Patch {
  const expected = Object.entries(patch.expect ?? {}).filter(
    ([path]) => valueAt(contact, path) !== undefined && !patch.fields.some((field) => overlaps(field, path)),
  );
  return { ...patch, expect: Object.fromEntries(expected) };
}

function carriesOverlong(key: SyncedKey): RowError {
  const field = `additional_attributes.${key}`;
  const message = `the contact has a ${key} of more than ${MAX_COLUMN_LENGTH} characters, which would be sent along: the API takes it once and refuses every later change. Set a shorter ${key} in the same row.`;
  return { code: 'ERR_TOO_LONG', field, message };
}

function wrongContact(patch: Patch, contact: JsonObject | undefined): RowError | undefined {
  for (const [path, expected] of Object.entries(patch.expect ?? {})) {
    if (contact && sameValue(path, expected, valueAt(contact, path))) continue;
    if (!contact) {
      const message = `the API answered without the contact, so that the ${path} which the row expects could not be checked`;
      return { code: 'ERR_WRONG_CONTACT', field: path, message };
    }
    return {
      code: 'ERR_WRONG_CONTACT',
      field: path,
      message: `contact ${patch.contactId} does not have the ${path} that the row expects: the id in the row belongs to somebody else`,
    };
  }
  return undefined;
}
