import type { Field, Mapping } from './document.ts';

/** A column that the mapping names. */
export interface ColumnUse {
  readonly column: string;
  /** `file:line:column` in the mapping, if it was read from a file. */
  readonly at: string | undefined;
  readonly isId: boolean;
}

/** Every column that the mapping names with these fields, the id first; those behind a glob only once it is expanded. */
export function columnUses(mapping: Mapping, fields: readonly Field[]): readonly ColumnUse[] {
  const { contactId, only, expect, places } = mapping;
  const uses: ColumnUse[] = [{ column: contactId, at: places.get('contact_id'), isId: true }];
  const add = (column: string, place: string) => uses.push({ column, at: places.get(place), isId: false });
  for (const { column } of only) add(column, `only.${column}`);
  for (const { path, source } of fields) {
    if (source.kind === 'column') add(source.column, `fields.${path}`);
    if (source.kind !== 'template') continue;
    for (const part of source.parts) if (typeof part !== 'string') add(part.column, `fields.${path}`);
  }
  for (const { path, column } of expect) add(column, `expect.${path}`);
  return uses;
}
