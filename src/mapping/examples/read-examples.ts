import { type JsonValue, KEPT_REASONS, SKIP_REASONS, type SkipReason } from '../../core/types.ts';
import { loadText } from '../load/load.ts';
import { mappingError } from '../mapping-error.ts';
import { asData, asMap, asText, child, requireKnownKeys } from '../parse/nodes.ts';
import { type MapNode, type Node, readYaml } from '../parse/yaml.ts';

/** What a row is expected to become. */
export type Expected =
  /** A patch with exactly these fields, by path, and, where they are given, this contact, these keys, these expectations. */
  | {
      readonly kind: 'sends';
      readonly fields: ReadonlyMap<string, JsonValue>;
      readonly contactId?: string;
      readonly match?: ReadonlyMap<string, string>;
      readonly expect?: ReadonlyMap<string, JsonValue>;
    }
  /** A skipped row, for this reason or, without one, for any. */
  | { readonly kind: 'skips'; readonly reason?: SkipReason }
  | { readonly kind: 'invalid'; readonly code: string; readonly field?: string; readonly column?: string };

/** A row and what a mapping is expected to make of it. */
export interface MappingExample {
  /** `file:line` at which it stands. */
  readonly at: string;
  readonly name?: string;
  /** Cells by column, as CSV has them; or, where one of them is a list or a map, values as JSON lines have them. */
  readonly row:
    | { readonly kind: 'csv'; readonly cells: ReadonlyMap<string, string> }
    | { readonly kind: 'jsonl'; readonly values: { readonly [column: string]: JsonValue } };
  readonly expected: Expected;
  /** `file:line` of each thing that is expected, by path; of the whole under the empty text. */
  readonly places: ReadonlyMap<string, string>;
}

/** Reads the examples of a mapping. Throws `ERR_MAPPING` with `file:line:column`. */
export async function readExamples(path: string): Promise<readonly MappingExample[]> {
  const text = await loadText(path);
  if (text.trim() === '') throw mappingError(path, EMPTY);
  const root = readYaml(text, path);
  if (root.kind !== 'list' || root.items.length === 0) throw mappingError(root.at, EMPTY);
  return root.items.map(readExample);
}

// --- internal ---

/** Why a row is skipped by what the account holds, which no mapping knows. */
const OF_ACCOUNTS: readonly SkipReason[] = ['missing', ...KEPT_REASONS];

const KEYS = ['name', 'row', 'sends', 'skips', 'invalid'] as const;
const EXPECTATIONS = ['sends', 'skips', 'invalid'] as const;
const EMPTY =
  'here belong examples, each with a row and what becomes of it, as in - { row: { id: 1, Email: a@example.com }, sends: { email: a@example.com } }';

function readExample(node: Node): MappingExample {
  const map = asMap(node, 'an example');
  requireKnownKeys(map, KEYS, 'an example');
  const [row, name] = [child(map, 'row'), child(map, 'name')];
  if (!row) throw mappingError(map.at, 'this example has no "row": the cells by their columns.');
  const found = EXPECTATIONS.filter((word) => child(map, word) !== undefined);
  const [kind] = found;
  if (kind === undefined || found.length > 1) {
    throw mappingError(
      map.at,
      'an example says one of "sends", "skips" and "invalid": what becomes of its row.',
    );
  }
  const expectation = child(map, kind);
  if (!expectation) throw new Error('a key that was found is there');
  const places = new Map([['', lineOf(expectation.at)]]);
  return {
    at: lineOf(map.at),
    ...(name ? { name: asText(name, 'the name of the example') } : {}),
    row: readRow(asMap(row, '"row"')),
    expected: readExpected(kind, expectation, places),
    places,
  };
}

function readRow(row: MapNode): MappingExample['row'] {
  if (row.entries.some(({ node }) => node.kind !== 'scalar')) {
    return { kind: 'jsonl', values: asData(row) as { readonly [column: string]: JsonValue } };
  }
  const cells = new Map<string, string>();
  for (const { key, node } of row.entries) {
    if (node.kind === 'scalar') cells.set(key, node.value === null ? '' : node.text);
  }
  return { kind: 'csv', cells };
}

function readExpected(kind: Expected['kind'], node: Node, places: Map<string, string>): Expected {
  switch (kind) {
    case 'sends':
      return readSends(asMap(node, '"sends"'), places);
    case 'skips':
      return readSkips(node);
    case 'invalid':
      return readInvalid(node);
  }
}

function readSends(map: MapNode, places: Map<string, string>): Expected {
  const fields = new Map<string, JsonValue>();
  let contactId: string | undefined;
  let match: ReadonlyMap<string, string> | undefined;
  let expect: ReadonlyMap<string, JsonValue> | undefined;
  for (const { key, at, node } of map.entries) {
    places.set(key, lineOf(at));
    if (key === 'contact_id') contactId = asText(node, 'the id of the contact');
    else if (key === 'match') match = readKeys(asMap(node, '"match"'));
    else if (key === 'expect') expect = readValues(asMap(node, '"expect"'));
    else fields.set(key, asData(node));
  }
  return {
    kind: 'sends',
    fields,
    ...(contactId === undefined ? {} : { contactId }),
    ...(match === undefined ? {} : { match }),
    ...(expect === undefined ? {} : { expect }),
  };
}

function readKeys({ entries }: MapNode): ReadonlyMap<string, string> {
  return new Map(entries.map(({ key, node }) => [key, asText(node, 'the value of a key')]));
}

function readValues({ entries }: MapNode): ReadonlyMap<string, JsonValue> {
  return new Map(entries.map(({ key, node }) => [key, asData(node)]));
}

function readSkips(node: Node): Expected {
  if (node.kind === 'scalar' && node.value === true) return { kind: 'skips' };
  const reasons = SKIP_REASONS.filter((reason) => !OF_ACCOUNTS.includes(reason));
  const reason = node.kind === 'scalar' ? reasons.find((word) => word === node.value) : undefined;
  if (reason !== undefined) return { kind: 'skips', reason };
  throw mappingError(node.at, `"skips" is true, or why the row is skipped: ${reasons.join(', ')}.`);
}

function readInvalid(node: Node): Expected {
  if (node.kind === 'scalar') return { kind: 'invalid', code: readCode(node) };
  const map = asMap(node, '"invalid"');
  requireKnownKeys(map, ['code', 'field', 'column'], '"invalid"');
  const [code, field, column] = ['code', 'field', 'column'].map((key) => child(map, key));
  if (!code) throw mappingError(map.at, '"invalid" has no "code", such as ERR_PHONE.');
  return {
    kind: 'invalid',
    code: readCode(code),
    ...(field ? { field: asText(field, 'the path of a field') } : {}),
    ...(column ? { column: asText(column, 'the name of a column') } : {}),
  };
}

function readCode(node: Node): string {
  const code = asText(node, 'the code of an error, such as ERR_PHONE');
  if (/^ERR_[A-Z_]+$/.test(code)) return code;
  throw mappingError(
    node.at,
    `"invalid" is the code of an error, such as ERR_PHONE, not ${JSON.stringify(code)}.`,
  );
}

/** `file:line` of `file:line:column`. */
function lineOf(at: string): string {
  return at.replace(/:\d+$/, '');
}
