import type { Row, Shape } from '../core/types.ts';

/**
 * Where a row stands among all rows of its account: the number of the run that its data came with, then input and row
 * there. Rows that come back later, by a retry, a resume or as corrected rejects, keep their position, so that what is
 * newer never depends on a clock.
 */
export interface Position {
  readonly number: number;
  readonly input: number;
  readonly row: number;
}

/** Below zero where `a` is older than `b`, zero where both are the same row. */
export function comparePositions(a: Position, b: Position): number {
  return a.number - b.number || a.input - b.input || a.row - b.row;
}

/** A position as a reject carries it, with the run that wrote it: so a number of another series is noticed. */
export interface Origin {
  readonly position: Position;
  /** The first digits of the run's id. */
  readonly run: string;
}

/** Column and key of rejects that hold an {@link Origin}. */
export const ORIGIN_COLUMN = '_run';

/** `12/1/348@3f2a9c1b`: the run's number, the input counted from 1, the row, and what names the run. */
export function originText({ position: { number, input, row }, run }: Origin): string {
  return `${number}/${input + 1}/${row}@${run}`;
}

/** What stands for a run in an {@link Origin}. */
export function originRun(runId: string): string {
  return runId.slice(0, 8);
}

/** Reads where rows of an input come from; undefined for inputs without such a column. Other text is no origin. */
export function originReader(
  shape: Pick<Shape, 'format' | 'columns'>,
): ((row: Row) => Origin | undefined) | undefined {
  const index = shape.columns.indexOf(ORIGIN_COLUMN);
  if (index < 0) return undefined;
  return ({ record }) => {
    const cell = Array.isArray(record)
      ? (record as readonly string[])[index]
      : (record as { readonly [key: string]: unknown })[ORIGIN_COLUMN];
    return typeof cell === 'string' ? parseOrigin(cell) : undefined;
  };
}

// --- internal ---

const ORIGIN = /^([1-9]\d{0,14})\/([1-9]\d{0,5})\/([1-9]\d{0,14})@([0-9a-f]{8})$/;

function parseOrigin(text: string): Origin | undefined {
  const [, number, input, row, run] = ORIGIN.exec(text.trim()) ?? [];
  if (run === undefined) return undefined;
  return { position: { number: Number(number), input: Number(input) - 1, row: Number(row) }, run };
}
