import { isObject } from '../core/json.ts';
import type { JsonObject, JsonValue } from '../core/types.ts';
import type { FieldMemory } from './change-record.ts';
import { KINDS } from './compare/normalise.ts';

/** What we said last of a field as JSON; `writer` names the mapping that said it. */
export function encodeMemory({ base, kind, inDoubt }: FieldMemory, writer: string): JsonObject {
  return {
    ...(base === undefined ? {} : { base, kind, ...(writer === '' ? {} : { writer }) }),
    ...(inDoubt ? { in_doubt: true } : {}),
  };
}

/** The field that {@link encodeMemory} made the JSON of; what cannot be read counts as never sent. */
export function decodeMemory(value: JsonValue, numberOf: (writer: string) => number): FieldMemory {
  const { base, kind, writer, in_doubt } = isObject(value) ? value : {};
  const isSent = typeof base === 'string' && HASH.test(base);
  return {
    base: isSent ? base : undefined,
    kind: (isSent && KINDS.find((one) => one === kind)) || 'none',
    writer: isSent && typeof writer === 'string' ? numberOf(writer) : 0,
    inDoubt: in_doubt === true,
  };
}

// --- internal ---

const HASH = /^[0-9a-f]{16}$/;
