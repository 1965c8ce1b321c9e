import { isObject } from '../core/json.ts';
import type { JsonObject, JsonValue } from '../core/types.ts';

/** What is left of a request body: values cast to the type of their column; null stands for a cleared one. */
export interface PermittedChange {
  name?: string | null;
  email?: string | null;
  phone_number?: string | null;
  identifier?: string | null;
  /** Null where the cast gives nothing: the column cannot hold it, which is a 500 (livedesk-api.md 5.5). */
  blocked?: boolean | null;
  additional_attributes?: JsonObject;
  custom_attributes?: JsonObject;
}

const TEXT_COLUMNS = ['name', 'email', 'phone_number', 'identifier'] as const;
const OBJECT_COLUMNS = ['additional_attributes', 'custom_attributes'] as const;
/** What Rails casts to false; every other value is true, `"no"` and `"False"` too (livedesk-api.md 5.5). */
const FALSE_VALUES: ReadonlySet<JsonValue> = new Set([
  false,
  0,
  '0',
  'f',
  'F',
  'false',
  'FALSE',
  'off',
  'OFF',
]);

/**
 * Filters and casts a body as strong parameters do (livedesk-api.md 5.2): unknown keys, read-only fields and values
 * of the wrong shape are dropped without a word. `avatar_url` is permitted upstream, but nothing stored shows it.
 */
export function permit(body: JsonValue): PermittedChange {
  const change: PermittedChange = {};
  if (!isObject(body)) return change;
  for (const column of TEXT_COLUMNS) {
    const value = body[column];
    if (value !== undefined && isScalar(value)) change[column] = castText(value);
  }
  if (change.email !== undefined) change.email = castEmail(change.email);
  const blocked = body['blocked'];
  if (blocked !== undefined && isScalar(blocked)) change.blocked = castBoolean(blocked);
  for (const column of OBJECT_COLUMNS) {
    const value = body[column];
    if (value !== undefined && isObject(value)) change[column] = withoutNested(value);
  }
  return change;
}

/** The object as Rails leaves it: nulls and lists are dropped from lists, at any depth (livedesk-api.md 5.10). */
function withoutNested(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, munged(inner)]));
}

function munged(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.filter((item) => item !== null && !Array.isArray(item)).map(munged);
  return isObject(value) ? withoutNested(value) : value;
}

/** Whether nothing of the body survived. */
export function isEmpty(change: PermittedChange): boolean {
  for (const _ in change) return false;
  return true;
}

function isScalar(value: JsonValue): value is string | number | boolean | null {
  return typeof value !== 'object' || value === null;
}

function castText(value: string | number | boolean | null): string | null {
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return value === null ? null : String(value);
}

function castEmail(value: string | null): string | null {
  return value === null || value.trim() === '' ? null : value.toLowerCase();
}

function castBoolean(value: string | number | boolean | null): boolean | null {
  if (value === null || value === '') return null;
  return !FALSE_VALUES.has(value);
}
