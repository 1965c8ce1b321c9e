import type { BadRow, Row } from '../../core/types.ts';
import { peek } from '../bytes/peek.ts';
import { addPaths } from './columns.ts';

/** How far to look for columns. The rows are held until they are asked for, so bytes are bounded as well. */
const SAMPLE_ROWS = 1_000;
const SAMPLE_BYTES = 4 * 1024 * 1024; // 4 MiB

/** What the first rows show of an input whose rows name their own columns. */
export interface Sample {
  /** Dotted paths of every key seen. */
  readonly columns: readonly string[];
  /** Rows looked at. */
  readonly rows: number;
  /** The first bad row, where all of them are bad. */
  readonly fault: BadRow | undefined;
  /** All rows, those looked at included. */
  readonly all: AsyncIterable<readonly (Row | BadRow)[]>;
}

/** Looks at the first rows, `most` at most. */
export async function takeSample(
  batches: AsyncIterable<readonly (Row | BadRow)[]>,
  most = SAMPLE_ROWS,
): Promise<Sample> {
  const paths = new Set<string>();
  let rows = 0;
  let bytes = 0;
  let isReadable = false;
  let fault: BadRow | undefined;
  const { all } = await peek(batches, (batch) => {
    for (const row of batch) {
      if (rows === most || bytes >= SAMPLE_BYTES) return true;
      rows += 1;
      bytes += row.text?.length ?? 0;
      if ('error' in row) fault ??= row;
      else isReadable = true;
      if ('record' in row && !Array.isArray(row.record)) {
        addPaths(paths, row.record as { readonly [key: string]: unknown });
      }
    }
    return rows >= most || bytes >= SAMPLE_BYTES;
  });
  return { columns: [...paths], rows, fault: isReadable ? undefined : fault, all };
}
