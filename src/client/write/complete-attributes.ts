import { isObject } from '../../core/json.ts';
import type { JsonObject, PatchBody } from '../../core/types.ts';

/**
 * The body with `additional_attributes` completed by what the contact has: accounts may replace the object whole,
 * and the nested `social_profiles` is replaced in any case (livedesk-api.md 5.3, trap 17).
 * Undefined where the answer does not show them: what is not seen would be lost.
 */
export function completeBody(body: PatchBody, contact: JsonObject): PatchBody | undefined {
  const sent = body['additional_attributes'];
  const stored = contact['additional_attributes'] === null ? {} : contact['additional_attributes'];
  if (!isObject(sent)) return body;
  if (!isObject(stored)) return undefined;
  const merged: JsonObject = { ...stored, ...sent };
  const [sentProfiles, storedProfiles] = [sent['social_profiles'], stored['social_profiles']];
  if (isObject(sentProfiles) && isObject(storedProfiles)) {
    merged['social_profiles'] = { ...storedProfiles, ...sentProfiles };
  }
  return { ...body, additional_attributes: merged };
}

// --- internal ---
