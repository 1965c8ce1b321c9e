import type { KeyField, MatchKey, RowError } from '../../core/types.ts';
import { describeFailure } from '../answer/failure-text.ts';
import { type NamedValue, redactApiError } from '../answer/redact.ts';
import type { Hits } from './search.ts';

/** The error of a row whose contact does not exist. */
export function noMatch(keys: readonly MatchKey[]): RowError {
  const fields = keys.map(({ field }) => field).join(' or ');
  return {
    code: 'ERR_NO_MATCH',
    message: `no contact of the account has the ${fields} of the row; say \`on_missing: skip\` or \`create\` in the mapping if that is to be expected`,
    ...(keys[0] ? { field: keys[0].field } : {}),
  };
}

/** The error of a row whose key several contacts have. */
export function ambiguous(field: KeyField, ids: readonly number[]): RowError {
  const some = ids.slice(0, 10).join(', ');
  const more = ids.length > 10 ? ` and ${ids.length - 10} more` : '';
  return {
    code: 'ERR_AMBIGUOUS',
    message: `${ids.length} contacts have the ${field} of the row: ${some}${more}; merge them in LiveDesk, or name one by contact_id`,
    field,
  };
}

/** A search that did not tell who has a key. */
export type Unanswered = Exclude<Hits, { kind: 'hits' } | 'pending'>;

/** What a row ends with whose key could not be looked up. `values` are kept out of it. */
export function unanswered(
  { field, value }: MatchKey,
  hits: Unanswered,
  values: Iterable<NamedValue> = [],
): { readonly status: 'invalid' | 'rejected' | 'failed'; readonly error: RowError } {
  if (hits.kind === 'too_many') {
    const message = `the search for the ${field} of the row finds more than ${hits.seen} contacts, since it also finds parts of values; pull the account into the state first, then no search is needed`;
    return { status: 'invalid', error: { code: 'ERR_TOO_MANY', message, field } };
  }
  const api = redactApiError(hits.api, [[field, value], ...values]);
  const message = `the contact could not be looked up by ${field}: ${describeFailure(hits.code, api, 1)}`;
  return { status: hits.status, error: { code: hits.code, message, field, api } };
}

/**
 * The error of a row whose new contact would have a value of a contact that is not the row's: it has another identifier
 * (`isNamed`), or `match` does not name contacts by that field.
 */
export function taken(id: number, field: KeyField, isNamed: boolean): RowError {
  const why = isNamed
    ? 'another identifier, so it is another person: correct one of the two'
    : `the row does not name its contact by that: correct the value, or if both are one person let match in the mapping name contacts by it`;
  return { code: 'ERR_TAKEN', message: `contact ${id} has the ${field} of the row and ${why}`, field };
}
