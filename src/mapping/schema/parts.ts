import type { JsonObject } from '../../types.ts';

/** A text as the loader takes it: YAML reads `column: 123` as a number, and the loader takes it as it is written. */
export const TEXT: JsonObject = { type: ['string', 'number', 'boolean'], minLength: 1 };

/** One text or several; an empty one is a cell as well. */
export const TEXTS: JsonObject = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    { type: 'array', minItems: 1, items: { type: ['string', 'number', 'boolean'] } },
  ],
};

export const TRUE_OR_FALSE: JsonObject = { type: 'boolean' };

/** One of a few words. */
export function choice(words: readonly string[]): JsonObject {
  return { enum: [...words] };
}

/** The schema with the sentence that editors show. */
export function described(schema: JsonObject, description: string): JsonObject {
  return { ...schema, description };
}
