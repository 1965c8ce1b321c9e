import type { ChangesMapping, Mapping } from '../document.ts';
import { ATTRIBUTE_MODES } from '../policies.ts';
import { asText, child, oneOf, requireKnownKeys } from './nodes.ts';
import type { MapNode } from './yaml.ts';

/** The column in which a change line names its contact. */
export const CHANGED_CONTACT = 'contact';

/** A mapping for rows that are change lines, as the program writes it to run directories. */
export function changesMapping(
  changes: ChangesMapping,
  additionalAttributes?: Mapping['additionalAttributes'],
): Mapping {
  return {
    version: 1,
    contact: { kind: 'id', column: CHANGED_CONTACT },
    only: [],
    fields: [],
    expect: [],
    ...(additionalAttributes && { additionalAttributes }),
    changes,
    onInvalidField: 'reject_row',
    places: new Map(),
  };
}

/** Reads back what {@link changesMapping} resolves to. */
export function parseChanges(root: MapNode): Mapping {
  requireKnownKeys(root, WORDS, 'a mapping of changes');
  const kind = child(root, 'changes');
  const hash = child(root, 'mapping_hash');
  const attributes = child(root, 'additional_attributes');
  return changesMapping(
    {
      kind: kind ? oneOf(kind, ['apply', 'undo'] as const) : 'apply',
      mappingHash: hash ? asText(hash, 'the hash of a mapping') : '',
    },
    attributes && oneOf(attributes, ATTRIBUTE_MODES),
  );
}

// --- internal ---

const WORDS = [
  'version',
  'contact_id',
  'fields',
  'additional_attributes',
  'on_invalid_field',
  'changes',
  'mapping_hash',
] as const;
