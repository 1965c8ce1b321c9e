import type { BadRow, Row, RowError, Shape, Status } from '../core/types.ts';
import { ORIGIN_COLUMN } from './position.ts';

/** Columns added to a reject; on input, columns that begin with `_` are ignored. */
const ADDED = ['_row', '_line', '_status', '_error_code', '_error_message'] as const;
/** All columns of ours: rejects of runs that have a number say where their data comes from. */
const OURS: readonly string[] = [...ADDED, ORIGIN_COLUMN];

/** The header of a rejects CSV: BOM, the input's own columns, ours. `hasOrigin`: whether each reject says where it is from. */
export function rejectHeader(shape: Shape, hasOrigin = false): string {
  const delimiter = shape.delimiter ?? ',';
  const own = shape.columns.filter(isOwnColumn);
  const added = hasOrigin ? OURS : ADDED;
  return `\uFEFF${[...own, ...added].map((cell) => quote(cell, delimiter)).join(delimiter)}\n`;
}

/**
 * The reject of a row that can be corrected and fed back: a CSV record or a JSONL line in the input's shape. `origin` says
 * where its data comes from, undefined where that has no number.
 */
export function rejectText(row: Row, shape: Shape, status: Status, error: RowError, origin?: string): string {
  const own = origin === undefined ? [] : [origin];
  const added = [String(row.row), String(row.line), status, error.code, error.message, ...own];
  if (shape.format === 'csv') {
    const delimiter = shape.delimiter ?? ',';
    const record = Array.isArray(row.record) ? (row.record as readonly string[]) : [];
    const cells = record.filter((_cell, i) => isOwnColumn(shape.columns[i] ?? ''));
    return `${[...cells, ...added].map((cell) => quote(cell, delimiter)).join(delimiter)}\n`;
  }
  const values = [row.row, row.line, status, error.code, error.message, ...own];
  return `${withAddedKeys(row.text ?? '{}', values)}\n`;
}

/** The text of a row that is no record of the input's shape, as it stood in the file. */
export function unreadableText(row: BadRow): string {
  return `${row.text}\n`;
}

// --- internal ---

function isOwnColumn(name: string): boolean {
  return !OURS.includes(name);
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
  const added = values.map((value, i) => `${JSON.stringify(OURS[i])}:${JSON.stringify(value)}`).join(',');
  return `${kept}${kept.endsWith('{') ? '' : ','}${added}}`;
}
