import { isNoData, type SkipReason, STATUSES, type Status } from '../core/types.ts';
import type { ErrorLine, RowLine } from './journal-lines.ts';
import type { Cause } from './summary.ts';

/** Different causes kept apart; what comes after is counted as "other causes". */
const MAX_CAUSES = 200;

/** Different bad rows that are kept by their hashes: some 10 MB. */
const MAX_FAULTS = 100_000;

const OTHER = 'other';
const OTHER_CAUSES: ErrorLine = { code: 'OTHER', message: 'other causes' };

/** Counts outcomes, whether they come from this process or from the journal of an earlier one. */
export class Tally {
  readonly statuses: Record<Status, number>;
  /** Skipped rows with each reason. */
  readonly reasons = new Map<SkipReason, number>();
  /** Rows with each field in `not_applied`. */
  readonly notApplied = new Map<string, number>();
  /** Rows that send each field, or would. */
  readonly fields = new Map<string, number>();
  /** Rows with each field in `conflicts`. */
  readonly conflicts = new Map<string, number>();
  /** Fields left out of rows that were sent (`on_invalid_field: drop_field`). */
  dropped = 0;
  /** Rows with each fault, by what their lines call it. */
  readonly faults = new Map<string, number>();
  #rows = 0;
  #noDataRows = 0;
  #causes = new Map<string, { -readonly [K in keyof Cause]: Cause[K] }>();

  constructor() {
    this.statuses = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  }

  /** Counts a row. */
  add(line: RowLine): void {
    this.statuses[line.status] += 1;
    this.#rows += 1;
    if (line.reason !== undefined) {
      countEach(this.reasons, [line.reason]);
      if (isNoData(line.reason)) this.#noDataRows += 1;
    }
    countEach(this.notApplied, line.not_applied);
    countEach(this.fields, line.fields);
    countEach(this.conflicts, line.conflicts);
    this.dropped += line.dropped?.length ?? 0;
    if (line.error) this.#addCause(line.error, line);
    if (line.fault !== undefined) this.#addFault(line.fault);
  }

  /** Rows with an outcome. */
  get rows(): number {
    return this.#rows;
  }

  /** The same without rows that are no data: what a percentage is of. */
  get dataRows(): number {
    return this.#rows - this.#noDataRows;
  }

  /** Rows that ended `invalid`, `rejected` or `failed`. */
  get bad(): number {
    return this.statuses.invalid + this.statuses.rejected + this.statuses.failed;
  }

  /** The commonest first. */
  causes(): Cause[] {
    return [...this.#causes.values()].sort((a, b) => b.count - a.count);
  }

  /** How many rows with the cause of `error` there are so far. */
  countOf(error: ErrorLine): number {
    const cause = this.#causes.get(causeKey(error)) ?? (this.#isFull ? this.#causes.get(OTHER) : undefined);
    return cause?.count ?? 0;
  }

  /** Rows that ended badly with an error of this code. */
  countOfCode(code: string): number {
    let rows = 0;
    for (const cause of this.#causes.values()) if (cause.code === code) rows += cause.count;
    return rows;
  }

  /** The hashes of all bad rows; undefined where some are not known, or there are more than are kept. */
  get allFaults(): readonly string[] | undefined {
    let rows = 0;
    for (const count of this.faults.values()) rows += count;
    return rows === this.bad ? [...this.faults.keys()] : undefined;
  }

  #addFault(fault: string): void {
    const rows = this.faults.get(fault);
    if (rows !== undefined || this.faults.size < MAX_FAULTS) this.faults.set(fault, (rows ?? 0) + 1);
  }

  get #isFull(): boolean {
    return this.#causes.size >= MAX_CAUSES;
  }

  #addCause(error: ErrorLine, { input, row, line }: RowLine): void {
    const own = causeKey(error);
    const key = this.#causes.has(own) || !this.#isFull ? own : OTHER;
    const cause = this.#causes.get(key);
    if (cause) {
      cause.count += 1;
      return;
    }
    const { code, message, field, column } = key === OTHER ? OTHER_CAUSES : error;
    this.#causes.set(key, {
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(column === undefined ? {} : { column }),
      count: 1,
      example: { ...(input === undefined ? {} : { input }), row, line },
    });
  }
}

// --- internal ---

/** Different fields kept apart; a glob may make thousands. */
const MAX_FIELDS = 1_000;

function countEach<T extends string>(counts: Map<T, number>, paths: readonly T[] = []): void {
  for (const path of paths) {
    const count = counts.get(path);
    if (count !== undefined || counts.size < MAX_FIELDS) counts.set(path, (count ?? 0) + 1);
  }
}

/** Folds what differs between rows of one cause: numbers, quoted text, and how many requests it took. */
export function causeKey({ code, field, column, message }: ErrorLine): string {
  const folded = message
    .replace(/ \(\d+ requests\)/, '')
    .replace(/"[^"]*"|'[^']*'/g, '"…"')
    .replace(/\d+/g, '#');
  return `${code}|${field ?? ''}|${column ?? ''}|${folded}`;
}
