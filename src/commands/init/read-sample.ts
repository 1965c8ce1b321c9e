import { RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import type { Row, Shape } from '../../core/types.ts';
import { likelyEncoding } from '../../input/bytes/encoding-fault.ts';
import { openSource } from '../../input/open.ts';
import type { ReadingChoice } from '../../input/options.ts';
import type { Source } from '../../input/source.ts';

/** The first rows of an input. */
export interface InputSample {
  readonly shape: Shape;
  readonly rows: readonly Row[];
  /** The encoding that the bytes of some rows look like, where it is not the one that they were read in. */
  readonly likelyEncoding: string | undefined;
}

/** Rows to look at, and their bytes: what is kept of them stays in memory for a moment. */
const SAMPLE_ROWS = 1_000;
const SAMPLE_LENGTH = 4 * 1024 * 1024;

/** Reads the first rows of an input as `run` would. Throws `RunError` (exit 2). */
export async function readSample(
  input: string,
  reading: ReadingChoice,
  stdin: Host['stdin'],
): Promise<InputSample> {
  const source = await openSource(input, 0, { ...reading, stdin });
  try {
    return { shape: source.shape, ...(await firstRows(source)) };
  } finally {
    await source.close();
  }
}

// --- internal ---

async function firstRows(source: Source): Promise<Pick<InputSample, 'rows' | 'likelyEncoding'>> {
  const rows: Row[] = [];
  let length = 0;
  let encoding: string | undefined;
  try {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if ('error' in row) {
          encoding ??= row.error.code === 'ERR_ENCODING' ? likelyEncoding(row.error.message) : undefined;
          continue;
        }
        rows.push(row);
        length += lengthOf(row);
        if (rows.length >= SAMPLE_ROWS || length >= SAMPLE_LENGTH) return { rows, likelyEncoding: encoding };
      }
    }
  } catch (error) {
    // an input that breaks midway has shown its first rows
    if (!(error instanceof RunError) || rows.length === 0) throw error;
  }
  return { rows, likelyEncoding: encoding };
}

function lengthOf({ record, text }: Row): number {
  if (text !== undefined) return text.length;
  return Array.isArray(record) ? record.reduce((sum: number, cell: string) => sum + cell.length, 0) : 0;
}
