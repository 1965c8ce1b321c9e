import type { Field, Mapping, Only } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { ATTRIBUTE_MODES, INVALID_FIELD_POLICIES } from '../policies.ts';
import { DOCUMENT_WORDS, wordsOf } from '../vocabulary.ts';
import { parseChanges } from './changes.ts';
import { parseContact, requireCreatable } from './contact.ts';
import { parseExpect, parseFields } from './fields.ts';
import { parseGuard } from './guard.ts';
import { asCells, asMap, asText, child, oneOf, requireKnownKeys } from './nodes.ts';
import { parseDefaults } from './options.ts';
import { type MapNode, type Node, type Place, readYaml } from './yaml.ts';

const VERSION = 1;

/**
 * Checks the text of a mapping, YAML or JSON, as far as that goes without an input.
 * `name` is the file as the user calls it; `place` says where a line of it is, by default `file:line:column`. Throws `ERR_MAPPING` with `file:line:column`.
 */
export function parseMapping(text: string, name: string, place?: Place): Mapping {
  const root = rootOf(readYaml(text, name, place));
  checkVersion(root, name);
  const ofProgram = child(root, 'function');
  if (ofProgram) throw mappingError(ofProgram.at, OF_PROGRAM);
  if (child(root, 'changes')) return parseChanges(root);
  requireKnownKeys(root, wordsOf(DOCUMENT_WORDS), 'the mapping');

  const places = new Map<string, string>();
  const defaults = parseDefaults(child(root, 'defaults'));
  const contact = parseContact(root, name, defaults, places);
  const fieldsNode = child(root, 'fields');
  if (fieldsNode === undefined) {
    throw mappingError(
      name,
      '"fields" is missing: it says which column goes to which field, as in { email: Email }.',
    );
  }
  const marker = child(root, 'clear_marker');
  const fields = parseFields(fieldsNode, defaults, places);
  if (marker) refuseEmptyMarker(marker, [...fields, ...(contact.kind === 'match' ? contact.keys : [])]);
  const attributes = child(root, 'additional_attributes');
  const onInvalid = child(root, 'on_invalid_field');
  const guard = child(root, 'guard');
  requireCreatable(contact, fields, child(root, 'on_missing'));

  return {
    version: VERSION,
    contact,
    only: parseOnly(child(root, 'only'), places),
    fields,
    expect: parseExpect(child(root, 'expect'), defaults, places),
    ...(attributes && { additionalAttributes: oneOf(attributes, ATTRIBUTE_MODES) }),
    ...(marker && { clearMarker: parseMarker(marker) }),
    ...(guard && { guard: parseGuard(guard) }),
    onInvalidField: onInvalid ? oneOf(onInvalid, INVALID_FIELD_POLICIES) : 'reject_row',
    places,
  };
}

// --- internal ---

const OF_PROGRAM =
  'these rows were mapped by a function of a program, which alone can go on with them: sync({ resume, mapping }) of the library.';

function rootOf(node: Node): MapNode {
  if (node.kind === 'map') return node;
  throw mappingError(
    node.at,
    'this is not a mapping, which begins with "version: 1" and names "contact_id" and "fields". Is it another file?',
  );
}

function checkVersion(root: MapNode, name: string): void {
  const node = child(root, 'version');
  if (node === undefined) throw mappingError(name, `"version" is missing. Begin with "version: ${VERSION}".`);
  if (node.kind === 'scalar' && node.value === VERSION) return;
  if (node.kind === 'scalar' && typeof node.value === 'number' && node.value > VERSION) {
    const message = `this mapping has version ${node.text}, and this program knows version ${VERSION} only. Install a newer one.`;
    throw mappingError(node.at, message);
  }
  throw mappingError(node.at, `the version of a mapping is a number. Write "version: ${VERSION}".`);
}

function parseOnly(node: Node | undefined, places: Map<string, string>): readonly Only[] {
  if (node === undefined) return [];
  return asMap(node, '"only"').entries.map((entry) => {
    places.set(`only.${entry.key}`, entry.at);
    // compared with trimmed cells, so a blank around the value would never match
    const values = asCells(entry.node, 'the values a row may have').map((value) => value.trim());
    return { column: entry.key, values };
  });
}

/** A cell cannot both clear its field and leave it as it is. */
function refuseEmptyMarker(node: Node, fields: readonly Field[]): void {
  const marker = parseMarker(node);
  const field = fields.find(({ emptyValues }) => emptyValues.includes(marker));
  if (field === undefined) return;
  const why = `${JSON.stringify(marker)} stands in "empty_values" of ${field.path} too, so it is an empty cell there.`;
  throw mappingError(node.at, `${why} Keep one of them; "empty: clear" lets empty cells clear their field.`);
}

function parseMarker(node: Node): string {
  const marker = asText(node, 'the text of a cell');
  if (marker.trim() === marker) return marker;
  throw mappingError(node.at, 'a clear marker cannot begin or end with white space. Remove it.');
}
