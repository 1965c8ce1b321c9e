import { MAX_COLUMN_LENGTH, SYNCED_COLUMNS } from '../../core/synced-columns.ts';
import type { ApiError } from '../../core/types.ts';
import { WITHHELD } from './redact.ts';

/** Why a request failed for good, with what the API said of it. `api` is redacted already. */
export function describeFailure(code: string, api: ApiError, requests: number): string {
  const named = api.attributes?.join(', ') ?? api.code;
  const said = api.text === WITHHELD && named !== undefined ? `${named}; ${WITHHELD}` : (api.text ?? named);
  const isOverlong = code === 'ERR_STORED_RECORD' && api.attributes?.some((name) => OVERLONG.includes(name));
  const tries = requests > 1 ? ` (${requests} requests)` : '';
  return `${(isOverlong ? BRICKED : FAILURES[code]) ?? 'the API refused the row'}${tries}${said === undefined ? '' : `: ${said}`}`;
}

// --- internal ---

const OVERLONG: readonly string[] = Object.values(SYNCED_COLUMNS);
const BRICKED = `the contact has a city or country of more than ${MAX_COLUMN_LENGTH} characters, and the API refuses every change of such a contact, one that shortens it as well; delete the contact in LiveDesk and let it be made again, or ask EngageLab to correct it`;

const FAILURES: Readonly<Record<string, string>> = {
  ERR_NOT_FOUND: 'the account has no such contact: deleted, merged into another, or never there',
  ERR_VALIDATION: 'the API refused a value',
  ERR_STORED_RECORD:
    'the API refused the contact as it is stored, for a field that this row does not send; mend the contact in LiveDesk first',
  ERR_CONFLICT: 'the API reports a conflict with another contact',
  ERR_BAD_REQUEST: 'the API refused the request',
  ERR_FORBIDDEN: 'the API key may not change this contact',
  ERR_SERVER: 'the API answered with a server error',
  ERR_TRANSIENT: 'the API answered with a passing error',
  ERR_TIMEOUT: 'the API did not answer in time',
  ERR_NETWORK: 'the API could not be reached',
};
