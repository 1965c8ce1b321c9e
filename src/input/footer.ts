import { isBlankRecord } from '../core/blank-row.ts';
import type { BadRow, Row } from '../core/types.ts';

/** The rows without the last `footer` that are not blank, and without what stands below the first of these. */
export async function* withoutFooter(
  batches: AsyncIterable<readonly (Row | BadRow)[]>,
  footer: number,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  let held: (Row | BadRow)[] = [];
  for await (const batch of batches) {
    held.push(...batch);
    const end = startOfFooter(held, footer);
    yield held.slice(0, end);
    held = held.slice(end);
  }
}

// --- internal ---

/** Index of the first of the last `footer` rows that are not blank; blank ones before it may turn out to be rows. */
function startOfFooter(rows: readonly (Row | BadRow)[], footer: number): number {
  let left = footer;
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at];
    if (row && !('record' in row && isBlankRecord(row.record)) && --left === 0) return at;
  }
  return 0;
}
