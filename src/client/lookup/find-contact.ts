import { type JsonObject, KEY_FIELDS, type MatchKey, type RowError } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import type { ReadPage } from '../resilience/retry-read.ts';
import { chooseLookup, type LookupChoice } from './choose-lookup.ts';
import { ContactIndex } from './contact-index.ts';
import { estimateList, type ListEstimate } from './estimate-list.ts';
import { KeyMoves } from './key-moves.ts';
import { type Listed, listContacts } from './list-contacts.ts';
import type { AgeTies } from './list-order.ts';
import { LookupCache } from './lookup-cache.ts';
import { unanswered } from './match-error.ts';
import { keyValue, onlyKeys, textOf } from './match-key.ts';
import type { Search } from './search.ts';

/** Whose contact a row is for. */
export type LookupResult =
  | { readonly kind: 'one'; readonly id: number }
  | { readonly kind: 'none' }
  /** Several contacts have the key, and nothing says which one is meant. */
  | { readonly kind: 'several'; readonly key: MatchKey; readonly ids: readonly number[] }
  /** It could not be found out. */
  | {
      readonly kind: 'refused';
      readonly status: 'invalid' | 'rejected' | 'failed';
      readonly error: RowError;
    };

/** Finds contacts by their keys. */
export interface Finder {
  /** As far as it is known without asking anybody. `all` are the keys of the row, by default these. */
  known(keys: readonly MatchKey[], all?: readonly MatchKey[]): LookupResult | undefined;
  /** Asks where it is not known. The first key that finds anything decides. `all` as in {@link known}. */
  find(keys: readonly MatchKey[], all?: readonly MatchKey[]): Promise<LookupResult | 'pending'>;
  /** A contact is now as given; fields that it does not show are as before. */
  learn(contact: JsonObject): void;
  /** A write left the contact with these keys, and whoever looked before must look again; or may have left it so. */
  wrote(contact: JsonObject, isSure: boolean): void;
  /** What the run did to keys. */
  readonly moves: KeyMoves;
}

export interface FinderOptions {
  /** Who has which key, after a complete pull; a key may be doubtful after a write whose fate is not known. */
  readonly pulled?: { find(key: MatchKey): readonly number[]; isDoubtful?(key: MatchKey): boolean };
  /**
   * How many keys that the pull did not see are searched for, of rows of which it saw no key: contacts may have been made since.
   * Default none.
   */
  readonly missesChecked?: number;
  readonly search: Search;
  /** Reads lists. */
  readonly ask: ReadPage;
  /** Pages read at the same time, at most. */
  readonly listWidth: number;
  /** The size of page to ask for, where it is known which one is given. */
  readonly largePage?: number | undefined;
  /** What is known of the order of contacts that were made at the same moment. */
  readonly ties?: AgeTies | undefined;
  /** Distinct keys that will be looked up, if somebody counted them. */
  readonly keys?: number;
  /** Requests per second; `Infinity` for no limit. */
  readonly rate: number;
  readonly searchRate: number;
  /** Whether keys are searched for one by one, or all contacts are read; told when it is settled and when it changes. */
  readonly onChoice: (choice: LookupChoice) => void;
  /** The list could not be read, or not be read completely; keys are searched for. */
  readonly onListFailed: (listed: Exclude<Listed, 'pending'>) => void;
}

/** Keys whose answers are remembered. */
const REMEMBERED = 10_000;
/** Searches that are cheaper than to find out what a list would cost. */
const FEW_SEARCHES = 5;

/**
 * A finder that answers from a pull, else by whichever takes less time: a search for each key, or a list of all
 * contacts. Answers are remembered, and lookups of one key at the same time share one search.
 */
export function createFinder(options: FinderOptions): Finder {
  const { pulled, search } = options;
  const found = new LookupCache(REMEMBERED);
  const open = new Map<string, Promise<Ids>>();
  let index: ContactIndex | undefined;
  /** Learned while a list is read, which may show them as they were before. */
  let learnedMeanwhile: JsonObject[] | undefined;
  let forecast: Promise<ListEstimate | undefined> | undefined;
  let listing: Promise<void> | undefined;
  let choice: LookupChoice | undefined;
  let mayList = pulled === undefined;
  let searched = 0;
  const missesChecked = options.missesChecked ?? 0;

  const moves = new KeyMoves();
  /** Keys, and key fields of contacts, that a write of this run may have changed: only a search tells. */
  const doubted = new Set<string>();

  const isDoubted = (key: MatchKey, ids: readonly number[]): boolean =>
    doubted.size > 0 && (doubted.has(textOf(key)) || ids.some((id) => doubted.has(`${id} ${key.field}`)));
  /** What the pull knows of a key for sure. */
  const seen = (key: MatchKey): readonly number[] | undefined => {
    const known = pulled?.find(key);
    return known && !isDoubted(key, known) && !pulled?.isDoubtful?.(key) ? known : undefined;
  };
  const isSeen = (key: MatchKey): boolean => (seen(key)?.length ?? 0) > 0;
  const remembered = (key: MatchKey, all: readonly MatchKey[]): readonly number[] | undefined => {
    const searchedFor = found.get(key);
    const known = seen(key);
    if (known && known.length > 0) return known;
    const listed = index?.find(key);
    if (listed && !isDoubted(key, listed)) return listed;
    return searchedFor ?? (searched >= missesChecked || all.some(isSeen) ? known : undefined);
  };

  /** Begins a list when that has become the cheaper way. */
  async function consider(): Promise<void> {
    const enough = (options.keys ?? searched) > FEW_SEARCHES;
    if (!mayList || !enough) return;
    forecast ??= estimateList(options.ask, options.largePage, options.ties).then((seen) =>
      seen === 'pending' || 'kind' in seen ? undefined : seen,
    );
    const size = await forecast;
    if (!size || !mayList) return;
    const { keys, rate, searchRate } = options;
    const keysLeft = keys === undefined ? undefined : Math.max(0, keys - searched);
    const cost = { keysLeft, searched, contacts: size.count, listCalls: size.pages, rate, searchRate };
    const now = chooseLookup(cost);
    if (now.how !== choice?.how) options.onChoice(now);
    choice = now;
    if (now.how === 'list') listing ??= list();
  }

  async function list(): Promise<void> {
    mayList = false;
    learnedMeanwhile = [];
    const { ask, listWidth: width, largePage, ties } = options;
    const fresh = new ContactIndex();
    const meet = (contacts: readonly JsonObject[]): number =>
      contacts.reduce((sum, contact) => sum + (fresh.meet(contact) ? 1 : 0), 0);
    const listed = await listContacts({ ask, width, meet, largePage, ties });
    meet(learnedMeanwhile);
    learnedMeanwhile = undefined;
    if (listed === 'pending') return;
    if (listed.kind === 'listed' && listed.isComplete) index = fresh;
    else options.onListFailed(listed);
  }

  async function lookUp(key: MatchKey): Promise<Ids> {
    await consider();
    await listing;
    const ids = remembered(key, []);
    if (ids) return ids;
    searched += 1;
    const watch = moves.watch();
    try {
      const hits = await search(key);
      if (hits === 'pending') return hits;
      if (hits.kind !== 'hits') return { kind: 'refused', ...unanswered(key, hits) };
      const exact = hits.contacts.flatMap((contact) => contactIdOf(contact) ?? []);
      // an answer from before a write must not outlive it
      const isOld = moves.isMoved(watch, key) || exact.some((id) => moves.isMoved(watch, key, id));
      if (!isOld) found.set(key, exact);
      return exact;
    } finally {
      moves.close(watch);
    }
  }

  /** One lookup of a key at a time; who comes later waits for it. */
  function lookUpOnce(key: MatchKey): Promise<Ids> {
    const text = textOf(key);
    const running = open.get(text);
    if (running) return running;
    const lookup = lookUp(key).finally(() => open.delete(text));
    open.set(text, lookup);
    return lookup;
  }

  const learn = (contact: JsonObject): void => {
    index?.meet(contact);
    learnedMeanwhile?.push(onlyKeys(contact));
    found.learn(contact);
  };

  return {
    known(keys, all = keys) {
      for (const key of keys) {
        const ids = remembered(key, all);
        if (!ids) return undefined;
        if (ids.length > 0) return decide(key, ids);
      }
      return NONE;
    },
    async find(keys, all = keys) {
      for (const key of keys) {
        const ids = remembered(key, all) ?? (await lookUpOnce(key));
        if (ids === 'pending' || 'kind' in ids) return ids;
        if (ids.length > 0) return decide(key, ids);
      }
      return NONE;
    },
    learn,
    wrote(contact, isSure) {
      moves.note(contact, isSure);
      if (isSure) learn(contact);
      const id = contactIdOf(contact);
      for (const field of KEY_FIELDS) {
        if (contact[field] === undefined) continue;
        const place = `${id} ${field}`;
        if (isSure) {
          doubted.delete(place);
          continue;
        }
        doubted.add(place);
        found.learn({ id: contact['id'] ?? null, [field]: null });
        const value = keyValue(contact, field);
        if (value === undefined) continue;
        doubted.add(textOf({ field, value }));
        found.forget({ field, value });
      }
    },
    moves,
  };
}

// --- internal ---

type Ids = readonly number[] | (LookupResult & { kind: 'refused' }) | 'pending';

const NONE: LookupResult = { kind: 'none' };

function decide(key: MatchKey, ids: readonly number[]): LookupResult {
  const [id] = ids;
  return id !== undefined && ids.length === 1 ? { kind: 'one', id } : { kind: 'several', key, ids };
}
