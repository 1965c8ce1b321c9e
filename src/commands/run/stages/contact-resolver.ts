import { type Client, createPageReader } from '../../../client/client.ts';
import { type LookupResult as Answer, createFinder } from '../../../client/lookup/find-contact.ts';
import type { AgeTies } from '../../../client/lookup/list-order.ts';
import { ambiguous, noMatch } from '../../../client/lookup/match-error.ts';
import { createSearch, type Search } from '../../../client/lookup/search.ts';
import { createLeases } from '../../../client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../client/rate-limit/rate-limiter.ts';
import type { RunContext } from '../../../core/run-context.ts';
import type { JsonObject, KeyField, MatchKey, Row, RowError } from '../../../core/types.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import type { State } from '../../../state/state.ts';
import type { Plan } from '../plan/plan.ts';
import type { Resolution, ResolverStage, Unmatched } from './stage-types.ts';

export interface ContactResolverOptions {
  readonly plan: Plan;
  readonly client: Client;
  readonly state: State | undefined;
  /** Keys that will have to be looked up, if the preflight counted them. */
  readonly keys: number | undefined;
  /** Contacts to ask for on a page of a list, where it is known how many are given. */
  readonly largePage: number | undefined;
  /** The order in which a list shows contacts that were made at the same moment, where it is known. */
  readonly ties: AgeTies | undefined;
  /** Keys that the account looks up exactly, where it is known. */
  readonly exactFields: readonly KeyField[];
  /** Dry run without credentials: the contact of a row is not known and cannot be looked up. */
  readonly onNotLookedUp: (complete: boolean) => void;
}

/** Finds the contacts of rows that name them by keys. */
export interface ContactResolver extends ResolverStage {
  /** Looks contacts up by a key, at the pace of searches. */
  readonly search: Search;
  /** The one contact that has the first of these keys that any contact has, if that is known without a request. */
  idOf(keys: readonly MatchKey[]): number | undefined;
  /** The account holds this contact. */
  learn(contact: JsonObject): void;
}

const NOTHING_FOUND: Search = async () => ({ kind: 'hits', contacts: [] });
/** So many contacts that a pull did not see are searched for; more would take longer than a new pull. */
const MOST_MISSES = 100;
/** Pages of a list that are read at the same time. */
const LIST_WIDTH = 4;

export function createContactResolver(
  options: ContactResolverOptions,
  { clock, log, stop }: RunContext,
): ContactResolver {
  const { plan, client, state } = options;
  const { rate, searchRate, maxAttempts } = plan.options;
  const reading = { client, maxAttempts, stop };
  const searchLimiter = createRateLimiter(createLeases(searchRate, clock), clock, stop.draining);
  // a dry run needs no credentials, and without them the API answers nobody
  const isUnanswered = plan.options.dryRun && plan.credentials.apiKey === '';
  const search = isUnanswered
    ? NOTHING_FOUND
    : learning(
        createSearch(createPageReader({ ...reading, permit: () => searchLimiter.permit() }), {
          fields: options.exactFields,
          onRefused: () =>
            log.warn(
              'the account refuses the exact look-up that a probe found: contacts are searched for instead; probe the account again',
            ),
        }),
        state,
      );
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
    ties: options.ties,
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
    isOneKey: isOneKey(plan),
    search,
    known(mapped, row) {
      const answer = finder.known(mapped.keys);
      return answer && rule(answer, mapped, row);
    },
    idOf(keys) {
      const answer = finder.known(keys);
      return answer?.kind === 'one' ? answer.id : undefined;
    },
    async resolve(mapped, row) {
      if (!isUnanswered) return rule(await finder.find(mapped.keys), mapped, row);
      options.onNotLookedUp(mapped.patch.complete);
      return { kind: 'create' };
    },
    learn: (contact) => finder.learn(contact),
  };
}

/** Whether each row has one key at most. */
export function isOneKey({ reading }: Plan): boolean {
  return reading.compiled.every(({ matchedBy }) => matchedBy.length <= 1);
}

// --- internal ---

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
