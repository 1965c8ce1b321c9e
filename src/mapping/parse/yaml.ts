import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { mappingError } from '../mapping-error.ts';
import { findTooDeep } from './depth.ts';

/** A node of a mapping document. `at` is its `file:line:column`. */
export type Node = ScalarNode | MapNode | ListNode;
/** `text` is the scalar as a text: `01` stays `01` although its value is 1. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: string;
  readonly value: string | number | boolean | null;
  readonly text: string;
}
export interface MapNode {
  readonly kind: 'map';
  readonly at: string;
  readonly entries: readonly { readonly key: string; readonly at: string; readonly node: Node }[];
}
export interface ListNode {
  readonly kind: 'list';
  readonly at: string;
  readonly items: readonly Node[];
}

/** Names a place in the text, both from 1. */
export type Place = (line: number, column: number) => string;

/**
 * Reads YAML 1.2 or JSON into nodes that know where they stand. Aliases, tags and merge keys are refused: such a file is
 * short, and what it does must stand where it is read. `kind` is what messages call the file.
 */
export function readYaml(
  text: string,
  file: string,
  place: Place = (line, column) => `${file}:${line}:${column}`,
  kind = 'mapping',
): Node {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return place(Math.max(1, line), Math.max(1, col));
  };
  const tooDeep = findTooDeep(text);
  if (tooDeep !== undefined) throw mappingError(placeIn(text, tooDeep, place), TOO_DEEP);
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    uniqueKeys: false, // it compares each key with each; looked up below
    merge: false,
    prettyErrors: false,
  });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    throw mappingError(at(fault.pos[0]), faultText(fault.code, fault.message, kind), fault);
  }
  if (document.contents === null) {
    throw mappingError(file, `the ${kind} is empty. Begin with "version: 1".`);
  }
  return nodeOf(document.contents, at);
}

// --- internal ---

const TOO_DEEP = 'this is nested too deeply to be read. Write it flat.';

function placeIn(text: string, offset: number, place: Place): string {
  const before = text.slice(0, offset).split('\n');
  return place(before.length, (before.at(-1) ?? '').length + 1);
}

function nodeOf(node: unknown, place: (offset: number) => string): Node {
  if (isAlias(node)) {
    throw mappingError(
      place(node.range?.[0] ?? 0),
      'aliases (*name) are not allowed: write the value again.',
    );
  }
  if (isScalar(node)) {
    const at = place(node.range?.[0] ?? 0);
    if (node.tag !== undefined) throw mappingError(at, tagText(node.tag));
    const { value, source } = node;
    if (
      value === null ||
      typeof value === 'number' ||
      typeof value === 'boolean' ||
      typeof value === 'string'
    ) {
      return {
        kind: 'scalar',
        at,
        value,
        text: typeof value === 'string' ? value : (source ?? String(value)),
      };
    }
    throw mappingError(at, 'this is neither a text, a number, true, false nor null. Put it in quotes.');
  }
  if (isMap(node)) {
    const at = place(node.range?.[0] ?? 0);
    if (node.tag !== undefined) throw mappingError(at, tagText(node.tag));
    const seen = new Set<string>();
    return {
      kind: 'map',
      at,
      entries: node.items.map((pair) => {
        const key = nodeOf(pair.key, place);
        if (key.kind !== 'scalar') throw mappingError(key.at, 'a key must be a plain name.');
        if (key.text === '<<')
          throw mappingError(key.at, 'merge keys (<<) are not allowed: write the keys out.');
        // the parser tells null from "null"; here both are the same key
        if (seen.has(key.text)) throw mappingError(key.at, faultText('DUPLICATE_KEY'));
        seen.add(key.text);
        const node: Node =
          pair.value === null
            ? { kind: 'scalar', at: key.at, value: null, text: '' }
            : nodeOf(pair.value, place);
        return { key: key.text, at: key.at, node };
      }),
    };
  }
  if (isSeq(node)) {
    const at = place(node.range?.[0] ?? 0);
    if (node.tag !== undefined) throw mappingError(at, tagText(node.tag));
    return { kind: 'list', at, items: node.items.map((item) => nodeOf(item, place)) };
  }
  throw mappingError(place(0), 'this is neither a value, a map nor a list.');
}

const tagText = (tag: string) => `tags are not allowed (${tag}): write the plain value.`;

function faultText(code: string, message = '', kind = ''): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice. Keep one of them.';
  if (code === 'MULTIPLE_DOCS') return `a ${kind} is one document: remove everything from "---" on.`;
  if (code === 'TAG_RESOLVE_FAILED')
    return 'tags (!name) are not allowed: write the plain value, in quotes if it begins with "!".';
  if (code === 'UNEXPECTED_TOKEN' && message.includes('flow-')) {
    return 'this is not YAML: a bracket or brace stands where none belongs. Put a template into quotes, as in name: "{first_name} {last_name}".';
  }
  if (message.includes('call stack')) return TOO_DEEP;
  return `this is not YAML: ${message}.`;
}
