import { foldName } from '../../core/invisible.ts';
import type { Shape } from '../../core/types.ts';
import type { Field, FieldSource, Mapping } from '../document.ts';

/**
 * The mapping with each column named as the input names it: a name that only looks the same, because one of the two holds
 * invisible characters or another kind of blank, is the name that was meant.
 */
export function bindColumns(mapping: Mapping, shape: Shape): Mapping {
  const written = new Set(shape.columns);
  const byLook = new Map<string, string | undefined>();
  for (const column of shape.columns) {
    const look = foldName(column);
    // two that look the same leave open which is meant
    byLook.set(look, byLook.has(look) ? undefined : column);
  }
  const bind = (column: string): string =>
    written.has(column) ? column : (byLook.get(foldName(column)) ?? column);
  const withSource = <F extends Field>(field: F): F => ({ ...field, source: bindSource(field.source, bind) });

  const { contact, places } = mapping;
  return {
    ...mapping,
    contact:
      contact.kind === 'id'
        ? { ...contact, column: bind(contact.column) }
        : { ...contact, keys: contact.keys.map(withSource) },
    only: mapping.only.map((only) => ({ ...only, column: bind(only.column) })),
    fields: mapping.fields.map(withSource),
    expect: mapping.expect.map((expectation) => ({ ...expectation, column: bind(expectation.column) })),
    places: new Map(
      [...places].map(([place, at]) => [
        place.startsWith(ONLY) ? ONLY + bind(place.slice(ONLY.length)) : place,
        at,
      ]),
    ),
  };
}

// --- internal ---

/** Of the places of a mapping, only these are named by a column. */
const ONLY = 'only.';

function bindSource(source: FieldSource, bind: (column: string) => string): FieldSource {
  switch (source.kind) {
    case 'column':
      return { ...source, column: bind(source.column) };
    case 'template':
      return {
        ...source,
        parts: source.parts.map((part) => (typeof part === 'string' ? part : { column: bind(part.column) })),
      };
    case 'columns':
      return { ...source, globs: source.globs.map(foldName) };
    case 'value':
      return source;
  }
}
