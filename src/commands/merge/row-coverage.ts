import { RowSets } from '../../journal/row-set.ts';

/** Rows of an input that follow each other. */
export interface Span {
  readonly input: number;
  readonly from: number;
  readonly to: number;
}

/** Some of many spans: all rows are counted, the first spans kept. */
export interface Spans {
  readonly rows: number;
  readonly spans: readonly Span[];
}

/** What the journals of the shards say of the rows of the inputs. */
export interface Accounts {
  /** Rows with an outcome. */
  readonly rows: number;
  /** Rows without one. Where the number of rows is not known, only those before the last row seen. */
  readonly gaps: Spans;
  /** Rows with more than one. */
  readonly doubles: Spans;
  /** Rows that the inputs do not have. */
  readonly strangers: Spans;
}

/** Which rows have an outcome, and which have several: two bits a row, in whatever order they come. */
export class Coverage {
  #seen = new RowSets();
  #doubled = new RowSets();
  #last: number[] = [];

  /** A line tells of the outcome of a row. */
  add(input: number, row: number): void {
    if (!this.#seen.add(input, row)) this.#doubled.add(input, row);
    this.#last[input] = Math.max(row, this.#last[input] ?? 0);
  }

  /** Settles the accounts; `totals` are the rows of each input, undefined where nobody knows. */
  settle(totals: readonly (number | undefined)[]): Accounts {
    const gaps = new SpanList();
    const doubles = new SpanList();
    const strangers = new SpanList();
    for (let input = 0; input < Math.max(totals.length, this.#last.length); input += 1) {
      const last = this.#last[input] ?? 0;
      const total = input < totals.length ? (totals[input] ?? last) : 0;
      for (let row = 1; row <= Math.max(last, total); row += 1) {
        const isSeen = this.#seen.has(input, row);
        if (!isSeen && row <= total) gaps.add(input, row);
        if (isSeen && row > total) strangers.add(input, row);
        if (isSeen && this.#doubled.has(input, row)) doubles.add(input, row);
      }
    }
    return { rows: this.#seen.size, gaps, doubles, strangers };
  }
}

// --- internal ---

/** Spans that are kept to be named. */
const MAX_SPANS = 1_000;

/** Makes spans of rows that come in order. */
class SpanList implements Spans {
  rows = 0;
  readonly spans: { input: number; from: number; to: number }[] = [];

  add(input: number, row: number): void {
    this.rows += 1;
    const last = this.spans.at(-1);
    if (last?.input === input && last.to === row - 1) last.to = row;
    else if (this.spans.length < MAX_SPANS) this.spans.push({ input, from: row, to: row });
  }
}
