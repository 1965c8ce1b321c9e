import type { KeyField, MatchKey, RowError } from '../types.ts';

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

/** The error of a row whose key stands somewhere in more contacts than a search looks through. */
export function tooMany(field: KeyField, seen: number): RowError {
  return {
    code: 'ERR_TOO_MANY',
    message: `the search for the ${field} of the row finds more than ${seen} contacts, since it also finds parts of values; read the account with \`livedesk-sync pull\` first, then no search is needed`,
    field,
  };
}
