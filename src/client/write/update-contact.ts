import type { Clock } from '../../core/clock.ts';
import { valueAt } from '../../core/field-path.ts';
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
import type { Verdict } from '../answer/classify.ts';
import { describeFailure } from '../answer/failure-text.ts';
import { type NamedValue, redactApiError } from '../answer/redact.ts';
import { updateRequest } from '../http/requests.ts';
import { backoffMs } from '../resilience/backoff.ts';
import type { ForbiddenPolicy } from '../resilience/forbidden-policy.ts';
import type { Send } from '../resilience/send.ts';
import { completeBody } from './complete-attributes.ts';
import {
  learnFromReadback,
  missingFromReadback,
  READBACK_UNKNOWN,
  type ReadbackTrust,
  sameValue,
} from './readback.ts';

export interface UpdateContactOptions {
  readonly send: Send;
  readonly forbidden: ForbiddenPolicy;
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** Per row, the first included; throttled answers do not count. */
  readonly maxAttempts: number;
  /** How often the breaker has opened: attempts from before an outage are not held against a row. */
  readonly outages: () => number;
  /** The API took a patch; `contact` is its answer where answers were seen to be read-backs. */
  readonly onApplied: (patch: Patch, contact: JsonObject | undefined) => void;
  /** A row is about to be tried again. */
  readonly onRetry: () => void;
  /** An empty patch was sent to a contact whose writes broke the API, and was taken. */
  readonly onHealed?: (contactId: number) => void;
  /** A row used up its attempts without ever meeting the API. */
  readonly onWrongServer: (what: string) => void;
  /** Called once, when answers turn out not to show what was written. */
  readonly onNoReadback: () => void;
  /** What is known of the answers before the first one. Default: nothing. */
  readonly readback?: ReadbackTrust;
}

/** Brings a patch to its outcome. `values` names every value of the row, to keep them out of what is logged. */
export type UpdateContact = (patch: Patch, values: () => Iterable<NamedValue>) => Promise<Delivered>;

/** The retry loop around {@link Send}: attempts, backoff, and what an answer means for the row. */
export function createUpdateContact(options: UpdateContactOptions): UpdateContact {
  const { send, forbidden, clock, draining, maxAttempts } = options;
  let trust = options.readback ?? READBACK_UNKNOWN;

  return async (patch, values) => {
    let startedAt: number | undefined;
    let requests = 0;
    let failures = 0;
    let outages = options.outages();

    const ended = (status: Outcome['status'], more: Partial<Outcome>): Outcome => ({
      status,
      contactId: patch.contactId,
      attempts: requests,
      durationMs: Math.round(clock.monotonic() - (startedAt ?? clock.monotonic())),
      ...more,
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
    const ask = (body: PatchBody, fields: readonly string[]): Promise<Verdict | 'cut'> => {
      const request = updateRequest(patch.contactId, body);
      const attempt = { number: failures + 1, of: maxAttempts };
      return send(request, { contactId: patch.contactId, fields, values, attempt }, () => {
        startedAt ??= clock.monotonic();
        requests += 1;
      });
    };
    let isHealed = false;
    /** An empty patch gives attributes that are null in the database a value, without which each write of them breaks. */
    const heal = async (): Promise<void> => {
      isHealed = true;
      const verdict = await ask({}, []);
      if (verdict !== 'cut' && verdict.kind === 'applied') options.onHealed?.(patch.contactId);
    };
    let isRightContact = false;
    /** The body made complete by a read that still serves. */
    let completed: PatchBody | undefined;
    /** One try of the row: the read where one is needed, then the write. */
    const tryOnce = async (): Promise<Verdict | 'cut' | Outcome> => {
      if (!patch.complete) return ask(patch.body, patch.fields);
      if (!completed) {
        // an empty patch changes nothing and answers the whole contact (livedesk-api.md 5.2)
        const read = await ask({}, []);
        if (read === 'cut' || read.kind !== 'applied') return read;
        const wrong = wrongContact(patch, read.contact);
        if (wrong) return ended('invalid', { error: wrong });
        isRightContact = true;
        completed = read.contact && completeBody(patch.body, read.contact);
        if (!completed) return ended('invalid', { error: UNREADABLE });
        const overlong = overlongKey(completed['additional_attributes']);
        if (overlong) return ended('invalid', { error: carriesOverlong(overlong) });
      }
      const verdict = await ask(completed, patch.fields);
      const isSoonAgain =
        verdict !== 'cut' && verdict.kind === 'throttled' && (verdict.waitMs ?? 0) <= READ_SERVES_MS;
      if (!isSoonAgain) completed = undefined;
      return verdict;
    };

    const applied = (status: number, contact: JsonObject | undefined): Outcome => {
      const sent = { httpStatus: status, fields: patch.fields };
      const wrong = contact || !isRightContact ? wrongContact(patch, contact) : undefined;
      if (wrong) return ended('invalid', { ...sent, error: wrong });
      if (!contact) {
        options.onApplied(patch, undefined);
        return ended('updated', sent);
      }
      const missing = missingFromReadback(patch.body, contact);
      const before = trust.verdict;
      trust = learnFromReadback(trust, patch.body, missing);
      if (before === 'unknown' && trust.verdict === 'not a read-back') options.onNoReadback();
      options.onApplied(patch, trust.verdict === 'read-back' ? contact : undefined);
      const notApplied = trust.verdict === 'read-back' ? missing : [];
      return ended('updated', { ...sent, ...(notApplied.length > 0 ? { notApplied } : {}) });
    };

    for (;;) {
      const verdict = await tryOnce();
      if (verdict === 'cut') return 'pending';
      if ('status' in verdict && !('kind' in verdict)) return verdict;
      switch (verdict.kind) {
        case 'applied':
          return applied(verdict.status, verdict.contact);
        case 'rejected':
          return refused('rejected', verdict.code, verdict.api);
        case 'unauthorized':
          return 'pending';
        case 'forbidden': {
          const { api } = verdict;
          const ruling = forbidden.hold(patch.contactId);
          return {
            held: ruling.then((says) =>
              says === 'pending' ? says : refused('rejected', 'ERR_FORBIDDEN', api),
            ),
          };
        }
        case 'throttled':
          continue; // the pace is paused for everybody; no attempt is used up
        case 'transient':
        case 'not_livedesk':
          break;
      }
      // in an outage no fault is the row's: what came before is forgotten, and this one does not count
      failures = outages === options.outages() ? failures + 1 : 0;
      outages = options.outages();
      if (failures >= maxAttempts) {
        if (verdict.kind === 'transient') {
          return refused('failed', verdict.code, verdict.api ?? { status: 0 });
        }
        options.onWrongServer(verdict.what);
        return 'pending';
      }
      await clock.sleep(backoffMs(Math.max(1, failures), clock.random()), draining);
      if (draining.aborted) return 'pending';
      if (failures === HEALED_AFTER && !isHealed && mayBeNull(patch, verdict)) await heal();
      options.onRetry();
    }
  };
}

// --- internal ---

/** Server errors after which a contact is taken for one whose attributes are null (livedesk-api.md 6.21). */
const HEALED_AFTER = 2;

/** Whether the attributes of the contact may be null in the database. Where a read precedes the write, it has healed them. */
function mayBeNull({ body, complete }: Patch, verdict: Verdict): boolean {
  const sendsAttributes =
    body['custom_attributes'] !== undefined || body['additional_attributes'] !== undefined;
  return !complete && sendsAttributes && verdict.kind === 'transient' && verdict.api?.status === 500;
}

/**
 * Longest pause after which a throttled write is sent without a new read. Were it read again each time, rows could
 * spend every window of a rate limit on reads and never write.
 */
const READ_SERVES_MS = 2 * 60_000;

const UNREADABLE: RowError = {
  code: 'ERR_NO_READ',
  message:
    'the API did not show the contact, so additional_attributes cannot be completed without losing keys; ' +
    'if this account merges them, say `additional_attributes: merges` in the mapping',
};

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
