import { quotedName } from '../../core/invisible.ts';
import type { RowError } from '../../core/types.ts';
import { doubledKey } from './doubled-key.ts';
import { mayBeInexact, parseExactly } from './inexact.ts';
import { findJsonFault } from './json-fault.ts';

export const MAX_LINE_BYTES = 1024 * 1024; // 1 MiB
/** Objects and arrays inside each other; deeper ones overflow the stack of recursive code. */
const MAX_DEPTH = 100;

/** What a JSONL line holds. */
export type JsonRow = { readonly record: { readonly [key: string]: unknown } } | { readonly error: RowError };

/** Parses a JSONL line. Error messages hold no value. */
export function parseJsonRow(text: string): JsonRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    const where = fault ? ` at column ${fault.column}: ${fault.why}` : '';
    return refuse(`the line is not JSON${where}. Each line must be one JSON object`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`the line is ${nameOf(value)}, not a JSON object. Each line must be one JSON object`);
  }
  // before anything that walks the value: the parser alone does not recurse
  if (text.length > MAX_DEPTH * 2 && depthOf(text) > MAX_DEPTH) {
    return refuse(`the object is nested more than ${MAX_DEPTH} levels deep. Flatten it`);
  }
  const doubled = doubledKey(text, Object.keys(value).length);
  if (doubled !== undefined) {
    return refuse(
      `the object has ${quotedName(doubled)} twice, with different values, of which only one would count. Leave one of them`,
    );
  }
  const record = mayBeInexact(text) ? parseExactly(text) : value;
  return { record: record as { readonly [key: string]: unknown } };
}

const refuse = (message: string): JsonRow => ({ error: { code: 'ERR_JSON', message } });

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** Deepest nesting of a valid JSON text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth -= 1;
  }
  return deepest;
}
