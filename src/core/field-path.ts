import { isObject } from './json.ts';
import type { JsonObject, JsonValue } from './types.ts';

/** The path of the one nested object of a contact whose keys are fields of their own. */
export const SOCIAL_PROFILES = 'additional_attributes.social_profiles';

/**
 * The value of a contact, or of a patch body, at the path of a field such as `email`, `custom_attributes.plan` or
 * `additional_attributes.social_profiles.twitter`. A dot inside the key of an attribute belongs to the key. Undefined
 * where there is none.
 */
export function valueAt(object: JsonObject, path: string): JsonValue | undefined {
  if (path.startsWith(`${SOCIAL_PROFILES}.`)) {
    return at(
      at(at(object, 'additional_attributes'), 'social_profiles'),
      path.slice(SOCIAL_PROFILES.length + 1),
    );
  }
  const dot = path.indexOf('.');
  return dot < 0 ? at(object, path) : at(at(object, path.slice(0, dot)), path.slice(dot + 1));
}

// --- internal ---

function at(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
