import { namedValues } from '../../../client/answer/row-values.ts';
import type { Client } from '../../../client/client.ts';
import { hasKey, keysWritten } from '../../../client/lookup/match-key.ts';
import { createContactCreator } from '../../../client/write/create-contact.ts';
import { CREATE_FIELDS, certainKeys } from '../../../client/write/create-request.ts';
import { sameValue } from '../../../client/write/readback.ts';
import type { RunContext } from '../../../core/run-context.ts';
import type { Delivered, JsonObject, MatchKey, Patch, PatchBody, Row } from '../../../core/types.ts';
import { withoutFields } from '../../../journal/delivered-fields.ts';
import type { State } from '../../../state/state.ts';
import type { Plan } from '../plan/plan.ts';
import { MOST_MISSES } from '../reporting/pull-age.ts';
import type { ContactResolver } from './contact-resolver.ts';
import type { WriterStage } from './stage-types.ts';

export interface CreateStageOptions {
  readonly plan: Plan;
  readonly client: Client;
  readonly state: State | undefined;
  readonly resolver: ContactResolver;
  /** Notes in the journal that a contact is about to be made for a row; resolves when that would survive a power cut. */
  readonly intent: (row: Row) => Promise<void>;
  /** Sends what a new contact could not be made with. */
  readonly update: WriterStage['update'];
}

/** Makes the contacts that are missing, where the mapping says so. */
export function createCreateStage(
  { plan, client, state, resolver, intent, update }: CreateStageOptions,
  { clock }: RunContext,
): WriterStage['create'] {
  const create = createContactCreator({
    retry: client.retryUpTo(plan.options.maxAttempts),
    search: resolver.search,
    forbidden: client.forbidden,
    clock,
  });

  let searchesLeft = MOST_MISSES;
  /** Whether the contact may be there without that its creation is refused for it. */
  const mayExist = (keys: readonly MatchKey[], body: PatchBody): boolean => {
    if (!state?.isComplete) return false;
    if (!keys.every((key) => hasKey(body, key))) return true;
    if (certainKeys(body).length > 0 || searchesLeft === 0) return false;
    searchesLeft -= 1;
    return true;
  };

  return async (mapped, row) => {
    const keys = Object.fromEntries(mapped.keys.map(({ field, value }) => [field, value]));
    const body = { ...keys, ...mapped.patch.body } satisfies PatchBody;
    const finishMade = (id: number, requests: number): Promise<Delivered> =>
      finish({ ...mapped.patch, contactId: id, isMade: true }, requests, (rest) => update(rest, row));
    const begun = plan.earlier?.begun.of(row);
    if (begun?.isMade) {
      const written = keysWritten(begun.contactId, body);
      if (written) resolver.wrote(written, true);
      return finishMade(begun.contactId, 0);
    }
    const columns = plan.reading.sources[row.input]?.shape.columns ?? [];
    const made = await create(
      {
        inboxId: plan.reading.compiled[row.input]?.inboxId ?? 0,
        keys: mapped.keys,
        body,
        values: () => namedValues(row, columns, { ...mapped.patch, contactId: 0 }),
        mayExist: mayExist(mapped.keys, body),
        isUnsure: plan.earlier?.intents.has(row.input, row.row) ?? false,
      },
      () => intent(row),
    );
    if (made === 'pending') return made;
    if (made.kind === 'ended') return made.outcome;
    if (made.kind === 'held') return { held: made.held };
    if (made.kind === 'found' && !(made.isOurs && isAsMade(made.contact, body))) {
      resolver.learn(made.contact);
      return { found: { ...mapped.patch, contactId: made.id } };
    }
    state?.learn(made.contact);
    resolver.wrote(made.contact, true);
    return finishMade(made.id, made.requests);
  };
}

// --- internal ---

/** Whether a contact holds what it would have been made with: one that an agent had before was only found by it. */
function isAsMade(contact: JsonObject, body: PatchBody): boolean {
  return CREATE_FIELDS.every(
    (field) => body[field] === undefined || sameValue(field, body[field], contact[field]),
  );
}

/** Sends what a POST does not take, and calls the whole `created`. */
async function finish(
  patch: Patch,
  requests: number,
  deliver: (rest: Patch) => Promise<Delivered>,
): Promise<Delivered> {
  const rest = withoutFields(
    patch,
    patch.fields.filter((path) => (CREATE_FIELDS as readonly string[]).includes(path)),
  );
  const { contactId, fields } = patch;
  if (!rest) return { status: 'created', contactId, httpStatus: 200, attempts: requests, fields };
  // what the row expects of a contact is not asked of one that was made for it
  const { expect: _, ...own } = rest;
  const delivered = await deliver(own);
  if (delivered === 'pending' || 'held' in delivered) return delivered;
  if (delivered.status !== 'updated') {
    // a contact that was made has what it was made with, whatever became of the rest
    const made = fields.filter((path) => !rest.fields.includes(path));
    return { ...delivered, confirms: [...made, ...(delivered.confirms ?? [])] };
  }
  return { ...delivered, status: 'created', attempts: requests + (delivered.attempts ?? 0), fields };
}
