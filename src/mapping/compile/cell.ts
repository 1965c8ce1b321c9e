import { isBlankCell } from '../../core/blank-row.ts';
import { InexactNumber, type Row, type Shape } from '../../core/types.ts';

/** Takes the cell of one column out of a row; undefined if the row has none. */
export type ReadCell = (record: Row['record']) => unknown;

/** A CSV column by its header, a JSONL column by its key or dotted path; texts as their owner reads them. */
export function cellReader(column: string, shape: Shape): ReadCell {
  if (shape.format === 'csv') {
    const index = shape.columns.indexOf(column);
    return (record) => (Array.isArray(record) ? asRead(record[index]) : undefined);
  }
  const keys = column.split('.');
  if (keys.length === 1) return (record) => asRead(ownValue(record, column));
  // a key that has the dots in its name goes first
  return (record) =>
    asRead(Object.hasOwn(record, column) ? ownValue(record, column) : keys.reduce<unknown>(ownValue, record));
}

/**
 * A cell without what keeps it a text, as `="01234"` is 01234, and the empty text for one that shows nothing. White space alone
 * is left to the options of the field.
 */
export function asRead(cell: string): string;
export function asRead(cell: unknown): unknown;
export function asRead(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  // most cells begin with a character that settles it
  const first = cell.charCodeAt(0);
  if (first > SPACE && first <= LAST_ASCII && first !== EQUALS_SIGN) return cell;
  const text = TEXT_FORMULA.exec(cell)?.[1]?.replaceAll('""', '"') ?? cell;
  return isBlankCell(text) && text.trim() !== '' ? '' : text;
}

/** The cell as a text, trimmed; undefined for a list or an object. An absent cell and a null are the empty text. */
export function cellText(cell: unknown): string | undefined {
  if (typeof cell === 'string') return cell.trim();
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  return cell instanceof InexactNumber ? cell.source : undefined;
}

// --- internal ---

const SPACE = 0x20;
const EQUALS_SIGN = 0x3d;
const LAST_ASCII = 0x7e;
/** How an export keeps a spreadsheet from taking a text for a number: a formula that is one text, quotes in it doubled. */
const TEXT_FORMULA = /^\s*="([^"]*(?:""[^"]*)*)"\s*$/;

// own keys only: rows may have keys like "constructor"
function ownValue(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) return undefined;
  return (object as { readonly [key: string]: unknown })[key];
}
