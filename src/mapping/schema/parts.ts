import type { JsonObject } from '../../core/types.ts';
import { clearingValue, isStringColumn, type Target } from '../targets.ts';

/** A text as the loader takes it: YAML reads `column: 123` as a number, and the loader takes it as it is written. */
export const TEXT: JsonObject = { type: ['string', 'number', 'boolean'], minLength: 1 };

/** One text or several; an empty one is a cell as well. */
export const TEXTS: JsonObject = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    { type: 'array', minItems: 1, items: { type: ['string', 'number', 'boolean'] } },
  ],
};

/** The same, or an empty list. */
export const NO_OR_MORE_TEXTS: JsonObject = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
  ],
};

export const TRUE_OR_FALSE: JsonObject = { type: 'boolean' };

/** Schemas that stand in several places: written once, under `definitions`. */
export class Definitions {
  readonly #names = new Map<string, string>();
  readonly all: JsonObject = {};

  /** A reference to the schema; it is called `name` where no other that is equal has one already. */
  refer(name: string, schema: JsonObject): JsonObject {
    const text = JSON.stringify(schema);
    const known = this.#names.get(text) ?? name.replaceAll(/\W+/g, '_');
    this.#names.set(text, known);
    this.all[known] = schema;
    // beside a $ref, draft 7 reads nothing else
    return { allOf: [{ $ref: `#/definitions/${known}` }] };
  }
}

/** One of a few words. */
export function choice(words: readonly string[]): JsonObject {
  return { enum: [...words] };
}

/** The schema with the sentence that editors show. */
export function described(schema: JsonObject, description: string): JsonObject {
  return { ...schema, description };
}

/** What may be written as a value of the target. */
export function constantSchema(target: Target | undefined): JsonObject {
  if (target === undefined) return {};
  if (target.kind === 'whole') return { type: 'object' };
  if (target.kind === 'column' && target.key === 'blocked') return TRUE_OR_FALSE;
  if (isStringColumn(target)) return { type: ['string', 'null'], minLength: 1, maxLength: 255 };
  return clearingValue(target) === undefined ? { not: { type: 'null' } } : {};
}
