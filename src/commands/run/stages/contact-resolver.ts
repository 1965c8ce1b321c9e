import { namedValues } from '../../../client/answer/row-values.ts';
import { type Client, createPageReader } from '../../../client/client.ts';
import { type LookupResult as Answer, createFinder } from '../../../client/lookup/find-contact.ts';
import { ambiguous, noMatch } from '../../../client/lookup/match-error.ts';
import { createSearch, type Search } from '../../../client/lookup/search.ts';
import { createLeases } from '../../../client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../client/rate-limit/rate-limiter.ts';
import { createContactCreator } from '../../../client/write/create-contact.ts';
import { CREATE_FIELDS } from '../../../client/write/create-request.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Shutdown } from '../../../core/shutdown.ts';
import type { Delivered, MatchKey, Patch, PatchBody, Row, RowError } from '../../../core/types.ts';
import { withoutFields } from '../../../journal/delivered-fields.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import type { State } from '../../../state/state.ts';
import type { Meter } from '../../../telemetry/meter.ts';
import type { Plan } from '../plan/plan.ts';
import type { Resolution, Unmatched } from './stage-types.ts';

export interface ContactResolverOptions {
  readonly plan: Plan;
  readonly client: Client;
  readonly state: State | undefined;
  readonly journal: Journal;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly stop: Shutdown;
  readonly log: Logger;
  /** Keys that will have to be looked up, if somebody counted them. */
  readonly keys: number | undefined;
  /** Contacts to ask for on a page of a list, where it is known how many are given. */
  readonly largePage: number | undefined;
  /** Dry run: the contact of a row is not known, and nobody can be asked. */
  readonly onUnasked: (complete: boolean) => void;
  /** Sends what a new contact could not be made with. */
  readonly deliver: (patch: Patch, row: Row) => Promise<Delivered>;
}

/** Finds the contacts of rows that name them by keys, and makes those that are missing where the mapping says so. */
export interface ContactResolver {
  /** Looks contacts up by a key, at the pace of searches. */
  readonly search: Search;
  findKnown(mapped: Unmatched, row: Row): Resolution | undefined;
  /** The one contact that has the first of the keys that anybody has, if that is known without asking. */
  idOf(keys: readonly MatchKey[]): number | undefined;
  find(mapped: Unmatched, row: Row): Promise<Resolution>;
  create(mapped: Unmatched, row: Row): Promise<Delivered | { readonly found: Patch }>;
}

const NOBODY_ASKED: Search = async () => ({ kind: 'hits', contacts: [] });
/** So many contacts that a pull did not see are searched for; more would take longer than a new pull. */
const MOST_MISSES = 100;
/** Pages of a list that are read at the same time. */
const LIST_WIDTH = 4;

export function createContactResolver(options: ContactResolverOptions): ContactResolver {
  const { plan, client, state, journal, clock, stop, log } = options;
  const { rate, searchRate, maxAttempts } = plan.options;
  const reading = { client, maxAttempts, stop };
  const searchLimiter = createRateLimiter(createLeases(searchRate, clock), clock, stop.draining);
  // a dry run needs no credentials, and without them the API answers nobody
  const isUnanswered = plan.options.dryRun && plan.credentials.apiKey === '';
  const search = isUnanswered
    ? NOBODY_ASKED
    : learning(createSearch(createPageReader({ ...reading, permit: () => searchLimiter.permit() })), state);
  // a contact is looked for before it is made in any case
  const mayMiss = state?.isComplete && !plan.reading.compiled.some(({ onMissing }) => onMissing === 'create');
  const missesChecked = !mayMiss || (options.keys ?? 0) > MOST_MISSES ? 0 : MOST_MISSES;
  if (mayMiss && missesChecked === 0) {
    log.info(
      { rows: options.keys },
      'these rows name contacts that the last pull did not see: they count as missing; if contacts were made since, pull again',
    );
  } else if (mayMiss && options.keys) {
    log.info({ rows: options.keys }, 'searching for contacts that the last pull did not see');
  }
  const finder = createFinder({
    ...(state?.isComplete ? { pulled: state, missesChecked } : {}),
    search,
    ask: createPageReader(reading),
    listWidth: LIST_WIDTH,
    largePage: options.largePage,
    ...(options.keys === undefined ? {} : { keys: options.keys }),
    rate: rate === 'auto' ? (client.allowed ?? Number.POSITIVE_INFINITY) : rate,
    searchRate,
    onChoice: ({ how, contacts, listCalls, listSeconds, searchSeconds }) =>
      log.info(
        {
          contacts,
          list_requests: listCalls,
          list_s: Math.round(listSeconds),
          search_s: Math.round(searchSeconds),
        },
        how === 'list'
          ? 'reading the list of all contacts to find those of the rows: it takes less time than searching for each'
          : 'searching for the contact of each row: it takes less time than reading the list of all contacts',
      ),
    onListFailed: () =>
      log.warn('the list of contacts could not be read completely; searching for each row instead'),
  });
  const create = createContactCreator({
    retry: client.retryUpTo(maxAttempts),
    search,
    forbidden: client.forbidden,
    clock,
  });

  const columnsOf = (row: Row): readonly string[] => plan.reading.sources[row.input]?.shape.columns ?? [];
  const mappingOf = (row: Row): CompiledMapping => {
    const compiled = plan.reading.compiled[row.input];
    if (!compiled) throw new Error(`row of an unknown input ${row.input}`);
    return compiled;
  };
  const rule = (answer: Answer | 'pending', mapped: Unmatched, row: Row): Resolution => {
    if (answer === 'pending') return { kind: 'done', outcome: 'pending' };
    switch (answer.kind) {
      case 'one':
        return { kind: 'patch', patch: { ...mapped.patch, contactId: answer.id } };
      case 'several':
        return done('invalid', { error: ambiguous(answer.key.field, answer.ids) });
      case 'refused':
        return done(answer.status, { error: answer.error });
      case 'none': {
        const { onMissing } = mappingOf(row);
        if (onMissing === 'create') return { kind: 'create' };
        return onMissing === 'skip' ? done('skipped', {}) : done('invalid', { error: noMatch(mapped.keys) });
      }
    }
  };

  return {
    search,
    findKnown(mapped, row) {
      const answer = finder.known(mapped.keys);
      return answer && rule(answer, mapped, row);
    },
    idOf(keys) {
      const answer = finder.known(keys);
      return answer?.kind === 'one' ? answer.id : undefined;
    },
    async find(mapped, row) {
      if (!isUnanswered) return rule(await finder.find(mapped.keys), mapped, row);
      options.onUnasked(mapped.patch.complete);
      return { kind: 'create' };
    },
    async create(mapped, row) {
      const keys = Object.fromEntries(mapped.keys.map(({ field, value }) => [field, value]));
      const wish = { ...keys, ...mapped.patch.body } satisfies PatchBody;
      const made = await create(
        {
          inboxId: mappingOf(row).inboxId ?? 0,
          body: wish,
          values: () => namedValues(row, columnsOf(row), { ...mapped.patch, contactId: 0 }),
          isUnsure: plan.earlier?.intents.has(row.input, row.row) ?? false,
        },
        () => journal.intent(row, clock.now()),
      );
      if (made === 'pending') return made;
      if (made.kind === 'ended') return made.outcome;
      if (made.kind === 'held') return { held: made.held };
      const patch: Patch = { ...mapped.patch, contactId: made.id };
      if (made.kind === 'found' && !made.isOurs) {
        finder.learn(made.contact);
        return { found: patch };
      }
      state?.learn(made.contact);
      const created = await finish(patch, made.requests, (rest) => options.deliver(rest, row));
      finder.learn(made.contact);
      return created;
    },
  };
}

// --- internal ---

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
  const delivered = await deliver(rest);
  if (delivered === 'pending' || 'held' in delivered || delivered.status !== 'updated') return delivered;
  return { ...delivered, status: 'created', attempts: requests + (delivered.attempts ?? 0), fields };
}

function done(
  status: 'invalid' | 'rejected' | 'failed' | 'skipped',
  more: { readonly error?: RowError },
): Resolution {
  return { kind: 'done', outcome: { status, ...more } };
}

/** A search from whose hits the state learns. */
function learning(search: Search, state: State | undefined): Search {
  if (!state) return search;
  return async (key) => {
    const hits = await search(key);
    if (hits !== 'pending' && hits.kind === 'hits') for (const contact of hits.contacts) state.learn(contact);
    return hits;
  };
}
