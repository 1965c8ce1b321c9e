import { isObject } from '../core/json.ts';
import type { JsonValue } from '../core/types.ts';

/** What may be told of a request: names, never values. */
export interface RequestSummary {
  readonly method: string;
  /** The contact that the path names, or null. */
  readonly contactId: number | null;
  /** Paths that the body sets, e.g. `email`, `custom_attributes.plan`. */
  readonly fields: readonly string[];
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly durationMs: number;
}

const ATTRIBUTES: ReadonlySet<string> = new Set(['custom_attributes', 'additional_attributes']);

/** The paths that a body sets, keys of the attributes one level deep; none for a text that is not JSON. */
export function fieldsIn(text: string): string[] {
  if (text === '') return [];
  let body: JsonValue;
  try {
    body = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isObject(body)) return [];
  return Object.entries(body).flatMap(([field, value]) => {
    if (!ATTRIBUTES.has(field) || !isObject(value)) return [field];
    return Object.keys(value).map((key) => `${field}.${key}`);
  });
}
