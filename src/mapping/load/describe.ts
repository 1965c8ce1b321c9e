import type { JsonObject, JsonValue } from '../../core/types.ts';
import { plainField } from '../compile/plain-field.ts';
import type { Field, FieldSource, Key, Mapping } from '../document.ts';
import { looksLikeTemplate } from '../parse/template.ts';
import { flow, keyText } from './flow-text.ts';
import { resolvedField, resolvedKey, resolvedMapping } from './resolved.ts';

/** The mapping as YAML to read, keep and edit: short forms, defaults left out. `parseMapping` reads it back. */
export function describeMapping(mapping: Mapping): string {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(resolvedMapping(mapping))) {
    if (key === 'fields') {
      lines.push('fields:');
      for (const field of mapping.fields) lines.push(`  ${keyText(field.path)}: ${flow(shortField(field))}`);
    } else if (key === 'match' && mapping.contact.kind === 'match') {
      const keys = mapping.contact.keys.map((key) => [key.path, shortKey(key)] as const);
      lines.push(`match: ${flow(Object.fromEntries(keys))}`);
    } else if (value !== DEFAULTS[key]) lines.push(`${key}: ${flow(value)}`);
  }
  return `${lines.join('\n')}\n`;
}

// --- internal ---

const DEFAULTS: Readonly<Record<string, JsonValue>> = { on_invalid_field: 'reject_row', on_missing: 'error' };
const SOURCE_KEYS = new Set(['column', 'template', 'columns', 'value']);

/** The field without what it would say anyway, and as a mere text if nothing but its source is left. */
function shortField(field: Field): JsonValue {
  const { path, target, source } = field;
  const plain = source.kind === 'template' ? { ...source, partial: 'keep' as const } : source;
  const defaults = resolvedField(plainField(path, target, plain));
  const options: JsonObject = {};
  for (const [key, value] of Object.entries(resolvedField(field))) {
    const isSource = SOURCE_KEYS.has(key);
    if (isSource || JSON.stringify(value) !== JSON.stringify(defaults[key])) options[key] = value;
  }
  return shortest(source, options);
}

/** The key without its type, which it has anyway. */
function shortKey(key: Key): JsonValue {
  const { type: _, trim, ...options } = resolvedKey(key);
  return shortest(key.source, trim === false ? { ...options, trim } : options);
}

/** A mere text if the options say nothing but the source. */
function shortest(source: FieldSource, options: JsonObject): JsonValue {
  if (Object.keys(options).length > 1) return options;
  if (source.kind === 'template') return source.text;
  return source.kind === 'column' && !looksLikeTemplate(source.column) ? source.column : options;
}
