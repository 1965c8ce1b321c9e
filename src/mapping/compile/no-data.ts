import { isBlankRecord } from '../../core/blank-row.ts';
import { foldName } from '../../core/invisible.ts';
import type { NoData, Row, Shape } from '../../core/types.ts';
import { asRead } from './cell.ts';

/**
 * Tells a row of which no contact is known and that is no data at all: nothing stands in any cell, or the header stands there
 * once more, as in files that were joined. A header of one column is none: its name may be a value as well.
 */
export function noDataOf(record: Row['record'], { columns, format }: Shape): NoData | undefined {
  const cells = Array.isArray(record) ? (record as readonly string[]).map((cell) => asRead(cell)) : record;
  if (isBlankRecord(cells)) return 'blank';
  if (format !== 'csv' || !Array.isArray(record) || record.length < 2) return undefined;
  const isHeader = (record as readonly string[]).every(
    (cell, i) => cell === columns[i] || foldName(cell) === columns[i],
  );
  return isHeader ? 'header' : undefined;
}
