import pLimit from 'p-limit';
import type { Stop } from './stop.ts';
import type { BadRow, Mapped, Outcome, Patch, Row } from './types.ts';

/** An input as the pipeline sees it. */
export interface RowSource {
  rows(): AsyncIterable<readonly (Row | BadRow)[]>;
}

type Dropped = Outcome['dropped'];

/** What became of a patch; see the delivery stage. */
type Delivered = Outcome | 'pending' | { readonly held: Promise<Outcome | 'pending'> };

export interface PipelineOptions {
  readonly sources: readonly RowSource[];
  readonly map: (row: Row) => Mapped;
  readonly deliver: (patch: Patch, row: Row) => Promise<Delivered>;
  /** Runs jobs of one contact one after the other. */
  readonly inLane: (contactId: number, job: () => Promise<void>) => Promise<void>;
  /** Notes an outcome; {@link written} resolves when it is safe. */
  readonly record: (row: Row | BadRow, outcome: Outcome) => void;
  readonly written: () => Promise<void>;
  /** Whether the row is to be done, was settled by an earlier process, or does not belong to this run. */
  readonly claim: (row: Row | BadRow) => 'ours' | 'settled' | 'foreign';
  /** The patch without what later rows of the contact delivered already; undefined if nothing is left. */
  readonly withoutSuperseded: (row: Row, patch: Patch) => Patch | undefined;
  /** Nothing is being sent and nothing else can be begun: whoever is held must be judged now. */
  readonly onIdle: () => void;
  /** Rows in flight. */
  readonly concurrency: number;
  /** Rows to read at most, over all inputs. */
  readonly limit: number;
  readonly dryRun: boolean;
  readonly stop: Stop;
}

export interface PipelineCounts {
  /** Rows read, settled ones included. */
  read: number;
  /** Rows among them that an earlier process settled. */
  settled: number;
  /** Rows read that have no outcome because the run stopped first. */
  pending: number;
  /** Rows being delivered now. */
  inFlight: number;
}

/** Rows that may wait behind others of their contact, beside those in flight. */
const WAITING_ROWS = 1_000;
/** Characters that all rows of the window may hold together. */
const WINDOW_CHARACTERS = 8 * 1024 * 1024;

/**
 * The journey of every row: read, map, deliver, record. `counts` is kept up to date while it runs. Reading waits
 * while the window is full, so memory does not grow with the input. Throws what the inputs throw, or what a row
 * throws by a bug of ours, after the rows in flight have ended.
 */
export async function runPipeline(options: PipelineOptions, counts: PipelineCounts): Promise<void> {
  const { map, deliver, record, written, stop } = options;
  const limit = pLimit(options.concurrency);
  const window = createWindow(options.concurrency + WAITING_ROWS, WINDOW_CHARACTERS);
  const draining = stop.draining;
  let isReading = true;
  let heldRows = 0;

  /** Carries one row from its place in the lane to its outcome. */
  const carry = async (row: Row, patch: Patch, dropped: Dropped): Promise<void> => {
    const settle = (settled: Outcome | 'pending'): Promise<void> => {
      if (settled === 'pending') counts.pending += 1;
      else record(row, dropped ? { ...settled, dropped } : settled);
      return written();
    };
    const held = await limit(async () => {
      counts.inFlight += 1;
      const delivered = draining.aborted ? 'pending' : await deliver(patch, row);
      if (typeof delivered === 'object' && 'held' in delivered) return delivered;
      await settle(delivered);
      return undefined;
    }).finally(() => {
      counts.inFlight -= 1;
      judgeSoon();
    });
    if (!held) return;
    heldRows += 1;
    judgeSoon();
    const ruling = await held.held;
    heldRows -= 1;
    await settle(ruling);
  };
  /** Looks once the limit has begun what it has to begin. */
  const judgeSoon = (): void => {
    if (heldRows > 0) setImmediate(judgeIfIdle);
  };
  const judgeIfIdle = (): void => {
    const isIdle = limit.activeCount + limit.pendingCount === 0;
    if (isIdle && heldRows > 0 && (!isReading || window.isFull())) options.onIdle();
  };

  async function read(): Promise<void> {
    for (const source of options.sources) {
      for await (const batch of source.rows()) {
        for (const row of batch) {
          if (draining.aborted || window.hasFailed() || counts.read >= options.limit) return;
          const claim = options.claim(row);
          if (claim === 'foreign') continue;
          counts.read += 1;
          if (claim === 'settled') {
            counts.settled += 1;
            continue;
          }
          if ('error' in row) {
            record(row, { status: 'invalid', error: row.error });
            continue;
          }
          const mapped = map(row);
          if (mapped.kind !== 'patch') {
            record(row, unsent(mapped));
            continue;
          }
          const { dropped } = mapped;
          const patch = options.withoutSuperseded(row, mapped.patch);
          if (!patch) {
            record(row, { status: 'superseded', contactId: mapped.patch.contactId });
            continue;
          }
          if (options.dryRun) {
            record(row, {
              status: 'planned',
              contactId: patch.contactId,
              fields: patch.fields,
              ...(dropped ? { dropped } : undefined),
            });
            continue;
          }
          const weight = weightOf(row);
          while (window.isFull()) {
            judgeSoon();
            await window.change();
          }
          window.enter(weight);
          void options
            .inLane(patch.contactId, () => carry(row, patch, dropped))
            .catch((error: unknown) => window.fail(error))
            .finally(() => window.leave(weight));
        }
        await written();
      }
    }
  }

  let failure: unknown;
  try {
    await read();
  } catch (error) {
    failure = error;
  }
  isReading = false;
  judgeSoon();
  while (!window.isEmpty()) await window.change();
  await written();
  if (failure !== undefined) throw failure;
  window.throwIfFailed();
}

// --- internal ---

function unsent(mapped: Exclude<Mapped, { kind: 'patch' }>): Outcome {
  const contact = mapped.contactId === undefined ? undefined : { contactId: mapped.contactId };
  return mapped.kind === 'invalid'
    ? { status: 'invalid', ...contact, error: mapped.error }
    : { status: 'skipped', ...contact };
}

function weightOf(row: Row): number {
  if (row.text !== undefined) return row.text.length;
  let weight = 0;
  for (const cell of row.record as readonly string[]) weight += cell.length;
  return weight;
}

/** The rows between reading and outcome: how many, how heavy, and a way to wait for a change. */
function createWindow(maxRows: number, maxWeight: number) {
  let rows = 0;
  let weight = 0;
  let wake: (() => void) | undefined;
  let failed: { error: unknown } | undefined;
  return {
    isFull: () => rows >= maxRows || (weight >= maxWeight && rows > 0),
    isEmpty: () => rows === 0,
    enter(added: number): void {
      rows += 1;
      weight += added;
    },
    leave(removed: number): void {
      rows -= 1;
      weight -= removed;
      wake?.();
    },
    change(): Promise<void> {
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    fail(error: unknown): void {
      failed ??= { error };
    },
    hasFailed: () => failed !== undefined,
    throwIfFailed(): void {
      if (failed) throw failed.error;
    },
  };
}
