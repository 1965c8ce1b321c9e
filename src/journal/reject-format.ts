import { ORIGIN_COLUMN, originText, type RowOrigin } from '../core/position.ts';
import type { BadRow, Row, RowError, Shape, Status } from '../core/types.ts';

/** Columns added to a reject; on input, columns that begin with `_` are ignored. */
const ADDED = ['_row', '_line', '_status', '_error_code', '_error_message', ORIGIN_COLUMN] as const;

/** The header of a rejects CSV: BOM, the input's own columns, ours. */
export function rejectHeader(shape: Shape): string {
  const delimiter = shape.delimiter ?? ',';
  const own = shape.columns.filter(isOwnColumn);
  return `\uFEFF${[...own, ...ADDED].map((cell) => quote(cell, delimiter)).join(delimiter)}\n`;
}

/**
 * The reject of a row that can be corrected and fed back: a CSV record or a JSONL line in the input's shape. `origin` is
 * where the row's data stands: of a row that comes from a rejects file, where it stood first.
 */
export function rejectText(
  row: Row,
  shape: Shape,
  status: Status,
  error: RowError,
  origin: RowOrigin,
): string {
  const added = [origin.row, origin.line, status, error.code, error.message, originText(origin)];
  if (shape.format === 'csv') {
    const delimiter = shape.delimiter ?? ',';
    const record = Array.isArray(row.record) ? (row.record as readonly string[]) : [];
    const own = record.filter((_cell, i) => isOwnColumn(shape.columns[i] ?? ''));
    return `${[...own, ...added.map(String)].map((cell) => quote(cell, delimiter)).join(delimiter)}\n`;
  }
  return `${withAddedKeys(row.text ?? '{}', added)}\n`;
}

/** The text of a row that is no record of the input's shape, as it stood in the file. */
export function unreadableText(row: BadRow): string {
  return `${row.text}\n`;
}

// --- internal ---

function isOwnColumn(name: string): boolean {
  return !(ADDED as readonly string[]).includes(name);
}

function quote(cell: string, delimiter: string): string {
  const mustQuote = cell.includes('"') || cell.includes(delimiter) || /[\r\n]|^\s|\s$/.test(cell);
  return mustQuote ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The keys of an earlier reject as {@link withAddedKeys} writes them, or a formatter spaces them, to the end of the line. */
const EARLIER_KEYS =
  /^"_row"\s*:\s*\d+\s*,\s*"_line"\s*:\s*\d+\s*,\s*"_status"\s*:\s*"\w*"\s*,\s*"_error_code"\s*:\s*"\w*"\s*,\s*"_error_message"\s*:\s*"(?:[^"\\]|\\.)*"\s*(?:,\s*"_run"\s*:\s*"[^"\\]*"\s*)?\}\s*$/;

/** The line without the keys that an earlier run added. Looked up from the end: a search through the whole line is quadratic. */
function withoutAddedKeys(text: string): string {
  const at = text.lastIndexOf('"_row"');
  if (at === -1 || !EARLIER_KEYS.test(text.slice(at))) return text;
  return `${text.slice(0, at).trimEnd().replace(/,$/, '')}}`;
}

/** Adds our keys to the source text itself, so that numbers keep their digits. */
function withAddedKeys(text: string, values: readonly (string | number)[]): string {
  const original = withoutAddedKeys(text);
  const kept = original.slice(0, original.lastIndexOf('}')).trimEnd();
  const added = values.map((value, i) => `${JSON.stringify(ADDED[i])}:${JSON.stringify(value)}`).join(',');
  return `${kept}${kept.endsWith('{') ? '' : ','}${added}}`;
}
