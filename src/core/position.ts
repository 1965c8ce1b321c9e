/**
 * Where a row stands among all rows of its account: the number of the run that its data came with, then input and row
 * there. Rows that come back later, by a retry, a resume or as corrected rejects, keep their position, so that what is
 * newer never depends on a clock.
 */
export interface Position {
  /** 0 where the run has none. */
  readonly number: number;
  readonly input: number;
  readonly row: number;
}

/** Below zero where `a` is older than `b`, zero where both are the same row. */
export function comparePositions(a: Position, b: Position): number {
  return a.number - b.number || a.input - b.input || a.row - b.row;
}

/** Where a row of a rejects file stood before: its position, and the run that wrote the reject. */
export interface RowOrigin extends Position {
  /** The run's id: a number of another series is noticed by it. */
  readonly run: string;
  readonly line: number;
}

/** Column and key of rejects that hold where a row comes from. */
export const ORIGIN_COLUMN = '_run';

/** `12/1/348@3f2a9c1b-…`: the run's number, the input counted from 1, the row, and the run's id. */
export function originText({ number, input, row, run }: Omit<RowOrigin, 'line'>): string {
  return `${number}/${input + 1}/${row}@${run}`;
}

/** Reads what {@link originText} wrote; undefined for any other text. */
export function parseOrigin(text: string): Omit<RowOrigin, 'line'> | undefined {
  const [, number, input, row, run] = ORIGIN.exec(text.trim()) ?? [];
  if (run === undefined) return undefined;
  return { number: Number(number), input: Number(input) - 1, row: Number(row), run };
}

// --- internal ---

const ORIGIN =
  /^(0|[1-9]\d{0,14})\/([1-9]\d{0,5})\/([1-9]\d{0,14})@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
