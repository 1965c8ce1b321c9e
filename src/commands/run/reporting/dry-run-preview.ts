import { hasKey } from '../../../client/lookup/match-key.ts';
import type { Search } from '../../../client/lookup/search.ts';
import { valueAt } from '../../../core/field-path.ts';
import { foreignText } from '../../../core/foreign-text.ts';
import {
  type JsonObject,
  type JsonValue,
  KEY_FIELDS,
  type MatchKey,
  type Patch,
} from '../../../core/types.ts';

/** Characters of a value that are shown. */
const MAX_SHOWN = 60;

/**
 * Old and new values of some planned patches, for a person at a terminal. LiveDesk documents no call that reads one
 * contact, so each is looked for by the e-mail, identifier or phone of its row (livedesk-api.md 3.1).
 */
export async function describeChanges(samples: readonly Patch[], search: Search): Promise<string> {
  const lines: string[] = [];
  for (const patch of samples) {
    const contact = await contactOf(patch, search);
    lines.push(
      `contact ${patch.contactId}${contact ? '' : ': its present values cannot be looked up by this row'}`,
    );
    for (const path of patch.fields) {
      const before = contact ? `${shown(valueAt(contact, path))} -> ` : '';
      lines.push(`  ${path}: ${before}${shown(valueAt(patch.body, path))}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

// --- internal ---

async function contactOf({ contactId, body }: Patch, search: Search): Promise<JsonObject | undefined> {
  for (const key of keysIn(body)) {
    const hits = await search(key);
    if (hits === 'pending' || hits.kind !== 'hits') continue;
    const found = hits.contacts.find((contact) => String(contact['id']) === String(contactId));
    if (found && hasKey(found, key)) return found;
  }
  return undefined;
}

function keysIn(body: JsonObject): MatchKey[] {
  return KEY_FIELDS.flatMap((field) => {
    const value = body[field];
    return typeof value === 'string' && value !== '' ? [{ field, value }] : [];
  });
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? 'nothing' : foreignText(JSON.stringify(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
