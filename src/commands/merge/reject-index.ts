import type { RowLine } from '../../journal/journal-lines.ts';

/** Where the reject of a row stands. */
export interface RejectPlace {
  /** Index of the shard's run among those merged. */
  readonly run: number;
  readonly input: number;
  readonly row: number;
  readonly line: number;
  /** First byte. With 0 the header stands before it. */
  readonly start: number;
  /** The byte after the last. */
  readonly end: number;
}

/** Where the rejects of all shards stand, by the name of their file; some 100 bytes a reject are held. */
export class RejectIndex {
  #places = new Map<string, RejectPlace[]>();
  /** How far each file of the run that is being read was told of. */
  #ends = new Map<string, number>();
  #run = -1;

  /** The lines that follow are of the next run. */
  nextRun(): void {
    this.#run += 1;
    this.#ends.clear();
  }

  /** Notes the reject that a line tells of, if it does. */
  add({ reject, input = 0, row, line }: RowLine): void {
    if (!reject) return;
    const { file, end } = reject;
    const before = this.#ends.get(file) ?? 0;
    // a file that was corrected between two processes was moved out of the way, and another begun
    const start = before < end ? before : 0;
    this.#ends.set(file, end);
    const places = this.#places.get(file) ?? [];
    if (places.length === 0) this.#places.set(file, places);
    places.push({ run: this.#run, input, row, line, start, end });
  }

  /** The rejects of a file in the order of their rows. */
  in(file: string): readonly RejectPlace[] {
    return (this.#places.get(file) ?? []).sort((a, b) => a.input - b.input || a.row - b.row);
  }
}
