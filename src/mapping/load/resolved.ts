import type { JsonObject, JsonValue } from '../../core/types.ts';
import type { ContactSource, Field, FieldSource, Key, Mapping, Otherwise } from '../document.ts';

/**
 * The mapping as a document again, every default written out and every key in a fixed order: what `mapping.json`
 * holds and what its hash is made of. `parseMapping` reads it back to the same mapping.
 */
export function resolvedMapping(mapping: Mapping): JsonObject {
  const only = Object.create(null) as JsonObject;
  for (const { column, values } of mapping.only) only[column] = [...values];
  const fields: JsonObject = {};
  for (const field of mapping.fields) fields[field.path] = resolvedField(field);
  const expect: JsonObject = {};
  for (const { path, column, empty } of mapping.expect) expect[path] = { column, empty };
  return {
    version: mapping.version,
    ...resolvedContact(mapping.contact),
    ...(mapping.only.length > 0 && { only }),
    fields,
    ...(mapping.expect.length > 0 && { expect }),
    ...(mapping.additionalAttributes && { additional_attributes: mapping.additionalAttributes }),
    ...(mapping.clearMarker !== undefined && { clear_marker: mapping.clearMarker }),
    on_invalid_field: mapping.onInvalidField,
    ...(mapping.ownFunction !== undefined && { function: mapping.ownFunction }),
  };
}

/** A field as the document writes it, its defaults written out. */
export function resolvedField(field: Field): JsonObject {
  if (field.source.kind === 'value') return { value: field.source.value, on_conflict: field.onConflict };
  return {
    ...resolvedSource(field.source),
    ...(field.type && { type: field.type }),
    ...(field.booleans && { true: [...field.booleans.true], false: [...field.booleans.false] }),
    ...(field.decimal && { decimal: field.decimal }),
    ...(field.format && { format: field.format }),
    ...(field.zone && { zone: field.zone }),
    ...(field.country && { country: field.country }),
    ...(field.strict && { strict: true }),
    ...(field.separator && { separator: field.separator }),
    ...(field.values && {
      values: resolvedValues(field.values),
      otherwise: resolvedOtherwise(field.otherwise),
    }),
    trim: field.trim,
    empty: field.empty,
    null: field.null,
    ...(field.emptyValues.length > 0 && { empty_values: [...field.emptyValues] }),
    on_conflict: field.onConflict,
  };
}

/** A key as the document writes it: what is the same for every key is left out. */
export function resolvedKey({ source, type, country, strict, trim, emptyValues }: Key): JsonObject {
  return {
    ...(source.kind === 'column' ? { column: source.column } : { template: source.text }),
    ...(type && { type }),
    ...(country && { country }),
    ...(strict && { strict }),
    trim,
    ...(emptyValues.length > 0 && { empty_values: [...emptyValues] }),
  };
}

// --- internal ---

function resolvedContact(contact: ContactSource): JsonObject {
  if (contact.kind === 'id') return { contact_id: contact.column };
  const match: JsonObject = {};
  for (const key of contact.keys) match[key.path] = resolvedKey(key);
  const { onMissing, inboxId } = contact;
  return { match, on_missing: onMissing, ...(inboxId !== undefined && { inbox_id: inboxId }) };
}

function resolvedSource(source: Exclude<FieldSource, { kind: 'value' }>): JsonObject {
  switch (source.kind) {
    case 'column':
      return { column: source.column };
    case 'template':
      return { template: source.text, partial: source.partial };
    case 'columns':
      return { columns: [...source.globs] };
  }
}

function resolvedValues(values: ReadonlyMap<string, JsonValue>): JsonObject {
  // cells may be "__proto__"; sorted, since integer-like keys would move to the front by themselves
  const object = Object.create(null) as JsonObject;
  for (const [cell, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) object[cell] = value;
  return object;
}

function resolvedOtherwise(otherwise: Otherwise): JsonValue {
  return typeof otherwise === 'object' ? { value: otherwise.value } : otherwise;
}
