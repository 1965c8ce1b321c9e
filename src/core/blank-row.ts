import { showsNothing } from './invisible.ts';
import type { Row } from './types.ts';

/** Whether a row holds nothing in any cell: in CSV only what shows nothing, in JSONL only null and such texts. */
export function isBlankRecord(record: Row['record']): boolean {
  if (Array.isArray(record)) return (record as readonly string[]).every(isBlankCell);
  for (const value of Object.values(record)) {
    if (value !== null && !(typeof value === 'string' && isBlankCell(value))) return false;
  }
  return true;
}

/** Whether a text shows nothing: white space, zero-width characters and other fillers alone. */
export function isBlankCell(cell: string): boolean {
  return cell === '' || showsNothing(cell);
}
