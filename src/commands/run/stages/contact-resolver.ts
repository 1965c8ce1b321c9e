import { type Client, createPageReader } from '../../../client/client.ts';
import { type LookupResult as Answer, createFinder } from '../../../client/lookup/find-contact.ts';
import type { AgeTies } from '../../../client/lookup/list-order.ts';
import { ambiguous, noMatch } from '../../../client/lookup/match-error.ts';
import { createSearch, type Search } from '../../../client/lookup/search.ts';
import { createLeases } from '../../../client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../client/rate-limit/rate-limiter.ts';
import type { ReadPage } from '../../../client/resilience/retry-read.ts';
import type { RunContext } from '../../../core/run-context.ts';
import type { JsonObject, KeyField, MatchKey, Outcome, Row } from '../../../core/types.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import type { State } from '../../../state/state.ts';
import type { Plan } from '../plan/plan.ts';
import { MOST_MISSES } from '../reporting/pull-age.ts';
import type { Expectations } from './expectations.ts';
import { KeyJourney } from './key-journey.ts';
import { KeysInFlight } from './keys-in-flight.ts';
import type { Aside, Resolution, ResolverStage, Unmatched } from './stage-types.ts';

export interface ContactResolverOptions {
  readonly plan: Plan;
  readonly client: Client;
  readonly state: State | undefined;
  readonly expectations: Expectations;
  /** Keys that will have to be looked up, if the preflight counted them. */
  readonly keys: number | undefined;
  /** Contacts to ask for on a page of a list, where it is known how many are given. */
  readonly largePage: number | undefined;
  /** The order in which a list shows contacts that were made at the same moment, where it is known. */
  readonly ties: AgeTies | undefined;
  /** Wraps the reader of the list's pages, so that a plan keeps what these pages show. */
  readonly seeing: (ask: ReadPage) => ReadPage;
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
  /** A write left the contact with these keys; or may have, where that is not `isSure`. */
  wrote(contact: JsonObject, isSure: boolean): void;
}

const NOTHING_FOUND: Search = async () => ({ kind: 'hits', contacts: [] });
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
        options.expectations,
      );
  // that a contact which is to be made is there already, the API says when it is made, and then it is searched for
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
    ask: options.seeing(createPageReader(reading)),
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
  /**
   * Where a row goes that an earlier process had begun: its write, or that of another row, may have moved the keys by which its
   * contact was found.
   */
  const begunBefore = (mapped: Unmatched, row: Row): Resolution | undefined => {
    const begun = plan.earlier?.begun.of(row);
    const mayBeMade = begun ? begun.isMade : plan.earlier?.intents.has(row.input, row.row);
    if (mayBeMade) return { kind: 'create' };
    return begun && { kind: 'patch', patch: { ...mapped.patch, contactId: begun.contactId } };
  };
  const inFlight = new KeysInFlight();
  const rule = ({ answer, by }: Ruling, mapped: Unmatched, row: Row): Resolution => {
    if (answer === 'pending') return { kind: 'done', outcome: 'pending' };
    switch (answer.kind) {
      case 'one':
        return {
          kind: 'patch',
          patch: { ...mapped.patch, contactId: answer.id },
          ...(by ? { by } : {}),
        };
      case 'several':
        return done('invalid', { error: ambiguous(answer.key.field, answer.ids) });
      case 'refused':
        return done(answer.status, { error: answer.error });
      case 'none': {
        const { onMissing } = mappingOf(row);
        if (onMissing === 'create') return { kind: 'create' };
        return onMissing === 'skip'
          ? done('skipped', { reason: 'missing' })
          : done('invalid', { error: noMatch(mapped.keys) });
      }
    }
  };
  /** The answer to the first key that finds anything, as far as it is known and no row in flight may change it. */
  const findKnown = (keys: readonly MatchKey[]): Ruling | undefined => {
    for (const by of keys) {
      const answer = inFlight.isGiven(by) ? undefined : finder.known([by], keys);
      if (!answer) return undefined;
      if (answer.kind === 'none' && !inFlight.isMade(by)) continue;
      const mayChange = answer.kind === 'none' || (answer.kind === 'one' && inFlight.isTaken(by, answer.id));
      return mayChange ? undefined : { answer, by };
    }
    return NOBODY;
  };
  /** The same, looked up, once no row before this one may change it. */
  const find = async (keys: readonly MatchKey[], { claims }: KeyJourney, aside: Aside): Promise<Ruling> => {
    for (const by of keys) {
      for (;;) {
        await claims.whenNotGiven(by, aside);
        const known = finder.known([by], keys);
        if (!known || known.kind === 'none') await claims.whenNotMade(by, aside);
        const answer = await finder.find([by], keys);
        if (answer === 'pending') return { answer };
        if (answer.kind === 'one' && (await claims.whenNotTaken(by, answer.id, aside))) continue;
        if (answer.kind !== 'none') return { answer, by };
        break;
      }
    }
    return NOBODY;
  };

  return {
    isOneKey: isOneKey(plan),
    search,
    depart(mapped, row) {
      const keys = mapped.kind === 'unmatched' ? mapped.keys : [];
      const made = mappingOf(row).onMissing === 'create' ? keys : [];
      return new KeyJourney(inFlight.enter(mapped.patch.body, made), finder.moves, keys);
    },
    known(mapped, row) {
      const begun = begunBefore(mapped, row);
      if (begun) return begun;
      const ruling = inFlight.mayClash(mapped.patch.body) ? undefined : findKnown(mapped.keys);
      return ruling && rule(ruling, mapped, row);
    },
    idOf(keys) {
      const answer = findKnown(keys)?.answer;
      return typeof answer === 'object' && answer.kind === 'one' ? answer.id : undefined;
    },
    async resolve(mapped, row, journey, aside) {
      if (!(journey instanceof KeyJourney)) throw new Error('a row with keys travels without them');
      journey.seek();
      const begun = begunBefore(mapped, row);
      if (begun) return begun;
      if (!isUnanswered) {
        let ruling: Ruling;
        do ruling = await find(mapped.keys, journey, aside);
        while (await journey.claims.whenGiftsAreFree(aside));
        return rule(ruling, mapped, row);
      }
      const answer = finder.known(mapped.keys);
      if (answer) return rule({ answer }, mapped, row);
      options.onNotLookedUp(mapped.patch.complete);
      return { kind: 'create' };
    },
    learn: (contact) => finder.learn(contact),
    wrote(contact, isSure) {
      finder.wrote(contact, isSure);
    },
  };
}

/** Whether each row has one key at most. */
export function isOneKey({ reading }: Plan): boolean {
  return reading.compiled.every(({ matchedBy }) => matchedBy.length <= 1);
}

// --- internal ---

/** What was found, and by which key. */
interface Ruling {
  readonly answer: Answer | 'pending';
  readonly by?: MatchKey;
}

const NOBODY: Ruling = { answer: { kind: 'none' } };

function done(
  status: 'invalid' | 'rejected' | 'failed' | 'skipped',
  more: Pick<Outcome, 'error' | 'reason'>,
): Resolution {
  return { kind: 'done', outcome: { status, ...more } };
}

/** A search from whose hits is learnt what rows expect, and the state. */
function learning(search: Search, expectations: Expectations): Search {
  return async (key) => {
    const hits = await search(key);
    if (hits !== 'pending' && hits.kind === 'hits')
      for (const contact of hits.contacts) expectations.learn(contact);
    return hits;
  };
}
