import type { JsonValue } from '../core/types.ts';

/** What a probe asks, in the order in which it is told (livedesk-api.md 10). */
export const QUESTIONS = [
  'additional_attributes',
  'patch_answer',
  'null_attribute',
  'destroy_attribute',
  'show_contact',
  'page_size',
  'list_order',
  'search',
  'exact_lookup',
  'not_found',
  'limit_headers',
  'read_only_fields',
] as const;
export type Question = (typeof QUESTIONS)[number];

/** What was learnt of one question. Holds nothing of a contact. */
export interface Finding {
  readonly question: Question;
  /** For programs; null where it was not learnt. */
  readonly value: JsonValue;
  /** The same in words. */
  readonly found: string;
  /** How it was learnt, or why not. */
  readonly how: string;
  /** What it means for a run. */
  readonly means: string;
}

/** A finding and when it was made, ISO 8601. */
export interface DatedFinding extends Finding {
  readonly at: string;
}

/** A question without an answer. */
export function notLearnt(question: Question, why: string, means = 'nothing changes'): Finding {
  return { question, value: null, found: 'not learnt', how: why, means };
}
