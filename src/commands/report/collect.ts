import { BAD_STATUSES, type SkipReason, STATUSES, type Status } from '../../core/types.ts';
import type { EarlierRun, ReportError, ReportHeartbeat, ReportRow, RunEnd, RunFacts } from './facts.ts';
import { overTime } from './over-time.ts';
import type { Repairs } from './read-repairs.ts';
import { REPORT_VERSION, type Report, type ReportCause } from './report-model.ts';
import { TimeSketch } from './time-sketch.ts';
import { Timeline } from './timeline.ts';

/** Example rows of a cause, causes and fields kept apart: a report's size has a bound. */
const MAX_EXAMPLES = 20;
const MAX_CAUSES = 200;
const MAX_FIELDS = 1_000;
const OTHER: ReportError = { code: 'OTHER', message: 'other causes' };
/** Upper edges of the distribution in milliseconds. */
const EDGES = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000, 1_800_000,
];

export interface CollectorOptions {
  readonly run: RunFacts;
  /** Names the cause of an error, alike for errors that are alike. */
  readonly causeOf: (error: ReportError) => string;
  /** Requests per second that the run began with: they hold until its end or a resume tells of others. */
  readonly allowed?: number | null | undefined;
  /** What retries made of its bad rows. */
  readonly repairs?: Repairs | undefined;
}

interface CauseCounts {
  readonly error: ReportError;
  count: number;
  fresh: number | undefined;
  repaired: number;
  readonly examples: ReportCause['examples'][number][];
}

/** Gathers a report from the lines of a journal, in memory that does not grow with them. */
export class Collector {
  #options: CollectorOptions;
  #timeline: Timeline;
  #statuses = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  #causes = new Map<string, CauseCounts>();
  #repaired = 0;
  #fields = new Map<string, number>();
  #notApplied = new Map<string, number>();
  #conflicts = new Map<string, number>();
  #ending: RunEnd | undefined;
  #reasons = new Map<SkipReason, number>();
  #rows = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#timeline = new Timeline(options.run.started_at);
  }

  row(row: ReportRow): void {
    this.#rows += 1;
    this.#statuses[row.status] += 1;
    if (row.reason) this.#reasons.set(row.reason, (this.#reasons.get(row.reason) ?? 0) + 1);
    this.#timeline.addRow(row);
    countEach(this.#fields, row.fields);
    countEach(this.#notApplied, row.not_applied);
    countEach(this.#conflicts, row.conflicts);
    if (row.error) this.#cause(row.error, row);
  }

  pulse(pulse: ReportHeartbeat): void {
    this.#timeline.addPulse(pulse);
  }

  resume(at: string): void {
    this.#ending = undefined;
    this.#timeline.addResume(at);
  }

  end(ending: RunEnd): void {
    this.#ending = ending;
  }

  /** `unfinishedNext` is the command for a run that has no end. */
  report(earlier: readonly EarlierRun[], unfinishedNext?: string): Report {
    const { run } = this.#options;
    const ending = this.#ending;
    const isFirst = this.#timeline.stints.length === 1;
    const allowed = ending ? ending.rate.allowed : isFirst ? this.#options.allowed : undefined;
    const { repairs } = this.#options;
    const isRetried = repairs !== undefined && repairs.runs.length > 0;
    const isDone = isRetried && ending?.pending === 0;
    const next = isDone ? repairs.next : ending ? ending.next : unfinishedNext;
    const slices = this.#timeline.slices();
    const all = new TimeSketch();
    for (const { times } of slices) all.join(times);
    const isShort = ending !== undefined && (ending.stopped !== undefined || ending.pending > 0);
    return {
      report_version: REPORT_VERSION,
      run,
      state: !ending ? 'unfinished' : isShort ? 'stopped' : 'finished',
      as_of: ending?.ended_at ?? this.#timeline.lastAt,
      rows: this.#rows,
      statuses: this.#statuses,
      ...(this.#reasons.size > 0 ? { skip_reasons: Object.fromEntries(this.#reasons) } : {}),
      bad: STATUSES.reduce((sum, name) => sum + (BAD_STATUSES.has(name) ? this.#statuses[name] : 0), 0),
      ...(isRetried ? { repaired: { rows: this.#repaired, runs: repairs.runs } } : {}),
      ...(ending ? { ending } : {}),
      ...(next === undefined ? {} : { next }),
      ...(allowed === undefined ? {} : { allowed }),
      stints: this.#timeline.stints.map(({ began_at, afterMs, idleMs }) => ({
        began_at,
        after_s: afterMs / 1000,
        idle_s: idleMs / 1000,
      })),
      over_time: overTime(slices, this.#timeline),
      row_times: distribution(all),
      row_time_ms: percentiles(all),
      causes: [...this.#causes.values()]
        .sort(byUrgency)
        .map(({ error, count, fresh, repaired, examples }) => ({
          code: error.code,
          message: error.message,
          ...(error.field === undefined ? {} : { field: error.field }),
          ...(error.column === undefined ? {} : { column: error.column }),
          count,
          ...(fresh === undefined ? {} : { new: fresh }),
          ...(isRetried ? { repaired } : {}),
          examples,
        })),
      fields: sorted(this.#fields),
      not_applied: sorted(this.#notApplied),
      conflicts: sorted(this.#conflicts),
      earlier_runs: earlier,
    };
  }

  #cause(error: ReportError, row: ReportRow): void {
    const own = this.#options.causeOf(error);
    const isOther = !this.#causes.has(own) && this.#causes.size >= MAX_CAUSES;
    const key = isOther ? OTHER.code : own;
    const cause = this.#causes.get(key) ?? {
      error: isOther ? OTHER : error,
      count: 0,
      fresh: undefined,
      repaired: 0,
      examples: [],
    };
    this.#causes.set(key, cause);
    const isRepaired = this.#options.repairs?.rows.has(row.input ?? 0, row.row) ?? false;
    cause.count += 1;
    if (row.new !== undefined) cause.fresh = (cause.fresh ?? 0) + (row.new ? 1 : 0);
    if (isRepaired) {
      cause.repaired += 1;
      this.#repaired += 1;
    }
    const { examples } = cause;
    // a new row takes the place of the last known one
    const place = row.new ? examples.findIndex((one) => !one.new) : -1;
    if (examples.length >= MAX_EXAMPLES && place < 0) return;
    if (examples.length >= MAX_EXAMPLES) examples.pop();
    examples.splice(place < 0 ? examples.length : place, 0, {
      ...(row.input === undefined ? {} : { input: row.input }),
      row: row.row,
      line: row.line,
      ...(row.contact_id === undefined ? {} : { contact_id: row.contact_id }),
      status: row.status,
      message: error.message,
      ...(row.new ? { new: true } : {}),
      ...(isRepaired ? { repaired: true } : {}),
      at: row.at,
    });
  }
}

// --- internal ---

/** What still needs a person comes first, and of that, what is new. */
function byUrgency(a: CauseCounts, b: CauseCounts): number {
  const isOpen = (cause: CauseCounts): number => (openOf(cause) > 0 ? 1 : 0);
  return (
    isOpen(b) - isOpen(a) || (b.fresh ?? 0) - (a.fresh ?? 0) || openOf(b) - openOf(a) || b.count - a.count
  );
}

/** Rows of a cause that no retry has repaired. */
function openOf({ count, repaired }: CauseCounts): number {
  return count - repaired;
}

function countEach(counts: Map<string, number>, names: readonly string[] = []): void {
  for (const name of names) {
    const count = counts.get(name);
    if (count !== undefined || counts.size < MAX_FIELDS) counts.set(name, (count ?? 0) + 1);
  }
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}

function percentiles(times: TimeSketch): Report['row_time_ms'] {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => times.percentile(share));
  return times.count === 0 ? null : { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, max: times.max };
}

/** From the first edge that has rows to the last. */
function distribution(times: TimeSketch): Report['row_times'] {
  const counts = times.between(EDGES).map((rows, i) => ({ up_to_ms: EDGES[i] ?? null, rows }));
  const first = counts.findIndex(({ rows }) => rows > 0);
  return first < 0 ? [] : counts.slice(first, counts.findLastIndex(({ rows }) => rows > 0) + 1);
}
