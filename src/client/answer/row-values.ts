import { InexactNumber, type JsonValue, type Patch, type Row } from '../../core/types.ts';

/**
 * Every value that a row brought or that was sent for it, with the name to put in its place in a text: what the API
 * says of a failure may quote them. Booleans and single characters tell nothing and are left out.
 */
export function* namedValues(
  row: Row,
  columns: readonly string[],
  patch: Patch,
): Generator<readonly [name: string, value: string]> {
  yield* leaves(patch.body, '');
  if (Array.isArray(row.record)) {
    for (const [i, cell] of (row.record as readonly string[]).entries()) {
      if (isTelling(cell)) yield [columns[i] ?? 'value', cell.trim()];
    }
  } else yield* leaves(row.record as JsonValue, '');
}

// --- internal ---

function* leaves(value: JsonValue | undefined, path: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') {
    if (isTelling(value)) yield [path, value.trim()];
  } else if (typeof value === 'number') {
    if (String(value).length > 1) yield [path, String(value)];
  } else if (value instanceof InexactNumber) {
    yield [path, value.source];
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      yield* leaves(inner, path === '' ? key : `${path}.${key}`);
  }
}

function isTelling(text: string): boolean {
  return text.trim().length > 1;
}
