import type { BadRow, Row, Shape } from '../../src/core/types.ts';
import type { InputOptions } from '../../src/input/open.ts';
import { readRows } from '../../src/input/read.ts';

type Options = Omit<InputOptions, 'stdin' | 'signal'>;

/** What reading gave, up to the error that ended it. */
export interface Read {
  readonly shape: Shape;
  readonly rows: readonly (Row | BadRow)[];
  readonly error?: unknown;
}

/** Reads bytes that arrive in pieces of the given sizes, over and over; all at once without sizes. */
export async function readBytes(
  bytes: Uint8Array | string,
  name: string,
  options: Options = {},
  sizes: readonly number[] = [],
): Promise<Read> {
  const { shape, rows } = await readRows(cut(Buffer.from(bytes), sizes), name, 0, options);
  const all: (Row | BadRow)[] = [];
  try {
    for await (const batch of rows) all.push(...batch);
  } catch (error) {
    return { shape, rows: all, error };
  }
  return { shape, rows: all };
}

/** The pieces of `bytes`. */
export async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[turn % sizes.length] ?? 1);
    // a copy, as every read of a file has its own memory
    yield Uint8Array.from(bytes.subarray(at, at + size));
    at += size;
  }
}

/** The places of rows: number, line, and cells, text of a record, or error code. */
export function places(rows: readonly (Row | BadRow)[]): unknown[] {
  return rows.map((row) => [row.row, row.line, 'error' in row ? row.error.code : row.record]);
}
