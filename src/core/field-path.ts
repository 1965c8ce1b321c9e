import { isObject } from './json.ts';
import type { JsonObject, JsonValue } from './types.ts';

/** The path of the one nested object of a contact whose keys are fields of their own. */
export const SOCIAL_PROFILES = 'additional_attributes.social_profiles';

/**
 * The keys that lead to a field, from the outermost in. A dot inside the key of an attribute belongs to the key: only
 * `custom_attributes`, `additional_attributes` and the social profiles hold fields of their own.
 */
export function keysOfPath(path: string): readonly string[] {
  if (path.startsWith(`${SOCIAL_PROFILES}.`)) {
    return ['additional_attributes', 'social_profiles', path.slice(SOCIAL_PROFILES.length + 1)];
  }
  const dot = path.indexOf('.');
  return dot < 0 ? [path] : [path.slice(0, dot), path.slice(dot + 1)];
}

/**
 * The value of a contact, or of a patch body, at the path of a field such as `email`, `custom_attributes.plan` or
 * `additional_attributes.social_profiles.twitter`. Undefined where there is none.
 */
export function valueAt(object: JsonObject, path: string): JsonValue | undefined {
  const dot = path.indexOf('.');
  if (dot < 0) return at(object, path); // most fields of most rows: no list of keys is made for them
  if (!path.startsWith(SOCIAL_PROFILES)) return at(at(object, path.slice(0, dot)), path.slice(dot + 1));
  return keysOfPath(path).reduce<JsonValue | undefined>(at, object);
}

/** A copy of the object without the fields at these paths, and without the objects that they leave empty. */
export function withoutPaths(object: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((left, path) => without(left, keysOfPath(path)), object);
}

/** Whether one path names a part of what the other names, or the same. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [keysOfPath(a), keysOfPath(b)];
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.every((key, i) => key === long[i]);
}

// --- internal ---

function at(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function without(object: JsonObject, [key = '', ...inner]: readonly string[]): JsonObject {
  const value = at(object, key);
  if (value === undefined) return object;
  const { [key]: _, ...rest } = object;
  if (inner.length === 0 || !isObject(value)) return inner.length === 0 ? rest : object;
  const left = without(value as JsonObject, inner);
  // the order of the keys stays as it was
  return Object.keys(left).length === 0 ? rest : { ...object, [key]: left };
}
