import type { JsonObject, JsonValue } from '../../core/types.ts';
import type { ContactSource, Field, FieldSource, Guard, Key, Mapping } from '../document.ts';
import { type OptionPlace, optionOf, optionsAt, propertyOf } from '../options.ts';

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
    ...(mapping.guard && { guard: resolvedGuard(mapping.guard) }),
    ...(mapping.changes && {
      changes: mapping.changes.kind,
      mapping_hash: mapping.changes.mappingHash,
    }),
    ...(mapping.ownFunction !== undefined && { function: mapping.ownFunction }),
  };
}

/** A field as the document writes it, its defaults written out. */
export function resolvedField(field: Field): JsonObject {
  const { source } = field;
  if (source.kind === 'value') return { value: source.value, ...resolvedOptions('constant', field) };
  return { ...resolvedSource(source), ...resolvedOptions('field', field) };
}

/** A key as the document writes it: what is the same for every key is left out. */
export function resolvedKey(key: Key): JsonObject {
  const { partial: _, ...source } = resolvedSource(key.source);
  return { ...source, ...resolvedOptions('match', key) };
}

// --- internal ---

function resolvedGuard({ columns, rows, fill }: Guard): JsonObject {
  return {
    ...(columns && { columns }),
    ...(rows !== undefined && { rows: `-${rows}%` }),
    ...(fill !== undefined && { fill: `-${fill}%` }),
  };
}

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

/** What makes the value stands before the policies: the hash of a mapping depends on the order. */
function resolvedOptions(place: OptionPlace, field: Field): JsonObject {
  const values: Readonly<Record<string, unknown>> = { ...field };
  const options: JsonObject = {};
  for (const part of ['value', 'policy'] as const) {
    for (const word of optionsAt(place)) {
      const { part: own, beside, write = (value) => value as JsonValue } = optionOf(word);
      const value = values[propertyOf(word)];
      if (own !== part || value === undefined || (beside && values[beside.word] === undefined)) continue;
      const written = write(value);
      if (written !== undefined) options[word] = written;
    }
  }
  return options;
}
