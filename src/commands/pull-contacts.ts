import type { ListEstimate } from '../client/lookup/estimate-list.ts';
import { type Listed, type ListingProgress, listContacts } from '../client/lookup/list-contacts.ts';
import { type AgeTies, SORT_FIELDS } from '../client/lookup/list-order.ts';
import type { ReadPage } from '../client/resilience/retry-read.ts';
import type { Clock } from '../core/clock.ts';
import { overlongKey } from '../core/synced-columns.ts';
import type { JsonObject, JsonValue } from '../core/types.ts';
import type { Pull, State } from '../state/state.ts';

export interface PullingOptions {
  readonly state: State;
  readonly ask: ReadPage;
  /** Pages read at the same time, at most. */
  readonly width: number;
  /** Contacts to ask for on a page, where it is known how many are given. */
  readonly largePage?: number | undefined;
  /** The order in which a list shows contacts that were made at the same moment, where it is known. */
  readonly ties?: AgeTies | undefined;
  readonly clock: Clock;
  readonly onForecast: (forecast: ListEstimate, from: ListingProgress | undefined) => void;
  readonly onProgress: (progress: ListingProgress) => void;
}

/** How a pull into the state ended. */
export interface Pulled {
  readonly listed: Listed;
  /** Whether an earlier pull was gone on with. */
  readonly isResumed: boolean;
  /** Contacts that the state knew with a key and that are not in the list any more. */
  readonly gone: number;
  /** Contacts with a city or country that any change would make unchangeable (livedesk-api.md trap 39), and some of their ids. */
  readonly overlong: { readonly count: number; readonly ids: readonly number[] };
}

/** A pull that began longer ago is begun anew: what it saw then says little of now. So is one that has not noted where it got. */
const RESUMABLE_MS = 24 * 60 * 60_000; // a day
/** Ids of contacts that a warning names. */
const SHOWN_IDS = 20;
/** How much of a pull may be read again after a crash. */
const SAVED_EACH_MS = 1_000;

/**
 * Reads all contacts into the state, going on with an earlier pull that was cut off. What is learned and how far it
 * got are saved together, so that a kill costs about a second of work.
 */
export async function pullInto(options: PullingOptions): Promise<Pulled> {
  const { state, ask, width, clock } = options;
  const pull = beginPull(state, clock);
  const saved = progressIn(pull.cursor);
  // more may have been learned than was noted before a crash
  const from = saved && { ...saved, met: await state.countMet() };
  const overlong = { count: 0, ids: [] as number[] };
  const meet = (contacts: readonly JsonObject[]): number => {
    const first = contacts.filter((contact) => state.learn(contact).isFirst);
    for (const contact of first) {
      if (overlongKey(contact['additional_attributes']) === undefined) continue;
      overlong.count += 1;
      if (overlong.ids.length < SHOWN_IDS) overlong.ids.push(Number(contact['id']));
    }
    return first.length;
  };
  let latest = from;
  let savedAt = clock.monotonic();
  const listed = await listContacts(
    {
      ask,
      width,
      largePage: options.largePage,
      ties: options.ties,
      meet,
      onForecast: (forecast) => options.onForecast(forecast, from),
      async onProgress(progress) {
        latest = progress;
        options.onProgress(progress);
        await state.room();
        if (clock.monotonic() - savedAt < SAVED_EACH_MS) return;
        savedAt = clock.monotonic();
        await state.progressPull(cursorOf(progress));
      },
    },
    from,
  );
  const isResumed = from !== undefined;
  if (listed === 'pending' || listed.kind === 'refused') {
    if (latest) await state.progressPull(cursorOf(latest));
    return { listed, isResumed, gone: 0, overlong };
  }
  if (!listed.isComplete) {
    await state.progressPull(null); // from the start the next time: what is missing may be anywhere
    return { listed, isResumed, gone: 0, overlong };
  }
  const { dropped } = await state.endPull();
  return { listed, isResumed, gone: dropped, overlong };
}

// --- internal ---

function beginPull(state: State, clock: Clock): Pull {
  const pull = state.beginPull();
  const isLost = progressIn(pull.cursor) === undefined || clock.now() - pull.startedAt > RESUMABLE_MS;
  return isLost ? state.beginPull(true) : pull;
}

function cursorOf({ done, ...progress }: ListingProgress): JsonObject {
  return { ...progress, done: [...done] };
}

/** What an earlier process saved, if it can be read. */
function progressIn(cursor: JsonValue | undefined): ListingProgress | undefined {
  if (typeof cursor !== 'object' || cursor === null || Array.isArray(cursor)) return undefined;
  const { next, met, count, arrived = 0, left = 0, done = [] } = cursor;
  if (typeof next !== 'number' || typeof met !== 'number' || typeof count !== 'number') return undefined;
  if (typeof arrived !== 'number' || typeof left !== 'number' || !Array.isArray(done)) return undefined;
  const sweep = SWEEPS.find((name) => name === (cursor['sweep'] ?? sweepOfOld(cursor)));
  if (!sweep) return undefined;
  return {
    sweep,
    next,
    met,
    count,
    arrived,
    left,
    done: SORT_FIELDS.filter((field) => done.includes(field)),
  };
}

const SWEEPS = ['age', 'newest', ...SORT_FIELDS] as const;

/** Version 0.1 read all contacts by age only, several times if need be. */
function sweepOfOld({ round, isTail }: JsonObject): string | undefined {
  if (round !== 1) return undefined;
  return isTail === true ? 'newest' : 'age';
}
