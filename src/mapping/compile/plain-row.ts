import { InexactNumber, type JsonValue, type Row, type Shape } from '../../core/types.ts';

/** A row as an object of its own, for code that is not ours: it may do with it what it likes. */
export function plainRow({ record }: Row, { columns }: Shape): { [column: string]: JsonValue } {
  if (!Array.isArray(record)) return plain(record) as { [column: string]: JsonValue };
  const row = Object.create(null) as { [column: string]: JsonValue };
  for (const [i, cell] of (record as readonly string[]).entries()) {
    const column = columns[i];
    if (column) row[column] = cell;
  }
  return row;
}

// --- internal ---

/** A copy with every number that a double cannot hold as its text. */
function plain(value: unknown): JsonValue {
  if (value instanceof InexactNumber) return value.source;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  const copy = Object.create(null) as { [key: string]: JsonValue };
  for (const [key, inner] of Object.entries(value)) copy[key] = plain(inner);
  return copy;
}
