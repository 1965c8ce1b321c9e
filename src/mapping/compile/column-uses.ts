import type { Field, FieldSource, Mapping } from '../document.ts';

/** A column that the mapping names. */
export interface ColumnUse {
  readonly column: string;
  /** `file:line:column` in the mapping, if it was read from a file. */
  readonly at: string | undefined;
  /** The key that it is part of: `contact_id`, or a field that contacts are matched by. */
  readonly key?: string;
}

/** Every column that the mapping names with these fields, the keys first; those behind a glob only once it is expanded. */
export function columnUses(mapping: Mapping, fields: readonly Field[]): readonly ColumnUse[] {
  const { contact, only, expect, places } = mapping;
  const uses: ColumnUse[] = [];
  const add = (column: string, place: string, key?: string) =>
    uses.push({ column, at: places.get(place), ...(key !== undefined && { key }) });
  if (contact.kind === 'id') add(contact.column, 'contact_id', 'contact_id');
  else {
    for (const { path, source } of contact.keys)
      for (const column of columnsOf(source)) add(column, `match.${path}`, path);
  }
  for (const { column } of only) add(column, `only.${column}`);
  for (const { path, source } of fields)
    for (const column of columnsOf(source)) add(column, `fields.${path}`);
  for (const { path, column } of expect) add(column, `expect.${path}`);
  return uses;
}

/** The columns that a source names. */
export function columnsOf(source: FieldSource): readonly string[] {
  if (source.kind === 'column') return [source.column];
  if (source.kind !== 'template') return [];
  return source.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.column]));
}
