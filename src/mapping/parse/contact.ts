import { KEY_FIELDS } from '../../core/types.ts';
import type { ContactSource, Field, Key } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { MISSING_POLICIES } from '../policies.ts';
import { parseMatch } from './match.ts';
import { asText, child, oneOf } from './nodes.ts';
import type { Defaults } from './options.ts';
import type { MapNode, Node } from './yaml.ts';

/** Checks how rows say whose they are: `contact_id`, or `match` with `on_missing` and `inbox_id`. */
export function parseContact(
  root: MapNode,
  name: string,
  defaults: Defaults,
  places: Map<string, string>,
): ContactSource {
  const id = child(root, 'contact_id');
  const match = child(root, 'match');
  if (match === undefined) {
    refuseWithoutMatch(root);
    if (id === undefined) {
      throw mappingError(
        name,
        '"contact_id" is missing: it names the column with the LiveDesk contact id. Where there is none, contacts are found by a key of your own, as in match: { identifier: crm_id }.',
      );
    }
    places.set('contact_id', id.at);
    return { kind: 'id', column: asText(id, 'the name of a column') };
  }
  if (id !== undefined) {
    throw mappingError(
      match.at,
      'there is "contact_id" too. A row says whose it is in one way: keep "contact_id", or "match" where the id is not known.',
    );
  }
  const missing = child(root, 'on_missing');
  const onMissing = missing ? oneOf(missing, MISSING_POLICIES) : 'error';
  const keys = parseMatch(match, defaults, places);
  return { kind: 'match', keys, onMissing, ...parseInbox(child(root, 'inbox_id'), onMissing, missing) };
}

/**
 * Refuses to make contacts that have neither e-mail nor identifier: only these have a unique index
 * (livedesk-api.md 5.4), so nothing would keep a repeated POST from making the contact twice.
 */
export function requireCreatable(
  contact: ContactSource,
  fields: readonly Field[],
  onMissing: Node | undefined,
): void {
  if (contact.kind === 'id' || contact.onMissing !== 'create') return;
  const isUnique = ({ path, source }: Field | Key) =>
    (path === 'email' || path === 'identifier') && source.kind !== 'value';
  if (contact.keys.some(isUnique) || fields.some(isUnique)) return;
  throw mappingError(
    onMissing?.at,
    'a new contact needs an email or an identifier, since LiveDesk keeps only those unique. Match by one of them, or take one from a column under "fields".',
  );
}

// --- internal ---

function refuseWithoutMatch(root: MapNode): void {
  for (const { key, at } of root.entries) {
    if (key !== 'on_missing' && key !== 'inbox_id') continue;
    throw mappingError(
      at,
      `"${key}" belongs to "match": it is about contacts that are searched for. Write match: { ${KEY_FIELDS[0]}: <column> } instead of "contact_id", or remove it.`,
    );
  }
}

function parseInbox(
  node: Node | undefined,
  onMissing: string,
  missing: Node | undefined,
): { inboxId?: number } {
  if (onMissing !== 'create') {
    if (node === undefined) return {};
    throw mappingError(
      node.at,
      '"inbox_id" is for new contacts. Write on_missing: create too, or remove it.',
    );
  }
  if (node === undefined) {
    throw mappingError(
      missing?.at,
      '"inbox_id" is missing: a new contact belongs to an inbox. Write its Channel ID from the settings of the channel, as in inbox_id: 407.',
    );
  }
  if (node.kind === 'scalar' && typeof node.value === 'number') {
    if (Number.isSafeInteger(node.value) && node.value > 0) return { inboxId: node.value };
  }
  throw mappingError(
    node.at,
    'an inbox is a whole number above zero: the Channel ID from the settings of the channel, as in inbox_id: 407.',
  );
}
