import type { ListEstimate } from '../../client/lookup/estimate-list.ts';
import { type Listed, listContacts } from '../../client/lookup/list-contacts.ts';
import type { ListingProgress } from '../../client/lookup/walk-pages.ts';
import type { ReadPage } from '../../client/resilience/retry-read.ts';
import type { Clock } from '../../core/clock.ts';
import type { JsonObject, JsonValue } from '../../core/types.ts';
import type { Pull, State } from '../../state/state.ts';

export interface PullingOptions {
  readonly state: State;
  readonly ask: ReadPage;
  /** Pages read at the same time, at most. */
  readonly width: number;
  /** Contacts to ask for on a page, where it is known how many are given. */
  readonly largePage?: number | undefined;
  readonly clock: Clock;
  readonly onForecast: (forecast: ListEstimate, from: ListingProgress | undefined) => void;
  readonly onProgress: (progress: ListingProgress) => void;
}

/** How a pull into the state ended. */
export interface Pulled {
  readonly listed: Listed;
  /** Whether an earlier pull was gone on with. */
  readonly isResumed: boolean;
  /** Contacts that the state knew and the account has no more. */
  readonly gone: number;
}

/** A pull that began longer ago is begun anew: what it saw then says little of now. */
const RESUMABLE_MS = 24 * 60 * 60_000; // a day
/** How much of a pull may be read again after a crash. */
const SAVED_EACH_MS = 1_000;

/**
 * Reads all contacts into the state, going on with an earlier pull that was cut off. What is learned and how far it
 * got are saved together, so that a kill costs about a second of work.
 */
export async function pullInto(options: PullingOptions): Promise<Pulled> {
  const { state, ask, width, clock } = options;
  const pull = beginPull(state, clock);
  const from = progressIn(pull.cursor);
  const seen = new Set<JsonValue | undefined>();
  const meet = (contacts: readonly JsonObject[]): number => {
    const before = seen.size;
    for (const contact of contacts) {
      seen.add(contact['id']);
      state.learn(contact);
    }
    return seen.size - before;
  };
  let latest = from;
  let savedAt = clock.monotonic();
  const listed = await listContacts(
    {
      ask,
      width,
      largePage: options.largePage,
      meet,
      onForecast: (forecast) => options.onForecast(forecast, from),
      async onProgress(progress) {
        latest = progress;
        options.onProgress(progress);
        await state.room();
        if (clock.monotonic() - savedAt < SAVED_EACH_MS) return;
        savedAt = clock.monotonic();
        await state.progressPull({ ...progress });
      },
    },
    from,
  );
  const isResumed = from !== undefined;
  if (listed === 'pending' || listed.kind === 'refused') {
    if (latest) await state.progressPull({ ...latest });
    return { listed, isResumed, gone: 0 };
  }
  if (!listed.isComplete) {
    await state.progressPull(null); // from the start the next time: what is missing may be anywhere
    return { listed, isResumed, gone: 0 };
  }
  const { dropped } = await state.endPull();
  return { listed, isResumed, gone: dropped };
}

// --- internal ---

function beginPull(state: State, clock: Clock): Pull {
  const pull = state.beginPull();
  return clock.now() - pull.startedAt > RESUMABLE_MS ? state.beginPull(true) : pull;
}

/** What an earlier process saved, if it can be read. */
function progressIn(cursor: JsonValue | undefined): ListingProgress | undefined {
  if (typeof cursor !== 'object' || cursor === null || Array.isArray(cursor)) return undefined;
  const { round, isTail, next, met, count, newest } = cursor;
  if (typeof round !== 'number' || typeof isTail !== 'boolean') return undefined;
  if (typeof next !== 'number' || typeof met !== 'number' || typeof count !== 'number') return undefined;
  return { round, isTail, next, met, count, ...(typeof newest === 'number' ? { newest } : {}) };
}
