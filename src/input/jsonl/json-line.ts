import type { RowError } from '../../core/types.ts';

/** The line of JSONL that holds a value. What JSON would drop or change unseen is refused: NaN, a Map, a function. */
export function jsonLine(value: unknown): { readonly text: string } | { readonly error: RowError } {
  try {
    const text = JSON.stringify(value, refuseUnheld) as string | undefined;
    return text === undefined ? refuse(`the row is a ${typeof value}`) : { text };
  } catch (error) {
    if (error instanceof Unheld) return refuse(error.message);
    // a circle, or a toJSON that throws: messages of others may quote values
    return refuse(`the row cannot be written as JSON (${error instanceof Error ? error.name : 'error'})`);
  }
}

// --- internal ---

/** A value that JSON has no form for. */
class Unheld extends Error {}

function refuse(why: string): { readonly error: RowError } {
  return { error: { code: 'ERR_JSON', message: `${why}. A row must be an object of JSON values` } };
}

function refuseUnheld(this: unknown, key: string, value: unknown): unknown {
  // a date comes as what its toJSON gave: null, where it is none
  const original = (this as { readonly [key: string]: unknown })[key];
  const name = nameOf(original instanceof Date ? original : value);
  if (name === undefined) return value;
  throw new Unheld(`${key === '' ? 'the row' : JSON.stringify(key)} is ${name}, which JSON cannot hold`);
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    return `a ${typeof value}`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : undefined;
  return value instanceof Map || value instanceof Set ? 'a Map or a Set' : undefined;
}
