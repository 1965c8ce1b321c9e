import { isTooLongForColumn, MAX_COLUMN_LENGTH, overlongKey } from '../../core/synced-columns.ts';
import { InexactNumber, type JsonValue } from '../../core/types.ts';
import { clearingValue, isStringColumn, type Target } from '../targets.ts';
import { CellFault } from './fault.ts';

/** Deeper than any attribute is meant to be, and shallow enough for every JSON reader on the way. */
const MAX_DEPTH = 100;

// with the u flag a surrogate class matches lone ones only
const UNSENDABLE = /[\0\uFFFD\uD800-\uDFFF]/u;

const CHARACTER = new CellFault(
  'ERR_CHARACTER',
  'holds a character that cannot be stored (NUL, half of a surrogate pair, or U+FFFD, the sign of a wrong encoding). Correct the cell, or read the input with --encoding.',
);
const TOO_LONG = new CellFault(
  'ERR_TOO_LONG',
  `is longer than ${MAX_COLUMN_LENGTH} characters, which LiveDesk refuses. Shorten it.`,
);
const SYNCED = {
  city: overlong('city'),
  country: overlong('country'),
};
const NESTED = new CellFault(
  'ERR_JSON',
  'holds a list within a list, which LiveDesk drops. Write it as an object or a text.',
);
const INEXACT = new CellFault(
  'ERR_NUMBER',
  'holds a number with more digits than JSON keeps. Write it as a text, in quotes.',
);
const TOO_DEEP = new CellFault('ERR_JSON', `is nested deeper than ${MAX_DEPTH} levels.`);
const RESERVED = new CellFault('ERR_JSON', 'holds the reserved key "__proto__". Rename it.');
const NOT_JSON = new CellFault('ERR_JSON', 'holds something that JSON does not know.');

/** Why a text must not be sent, or undefined. The API answers 500 to some of these (livedesk-api.md, trap 22). */
export function textFault(text: string): CellFault | undefined {
  return UNSENDABLE.test(text) ? CHARACTER : undefined;
}

/** Why a text must not be sent to a string column, or undefined. */
export function columnTextFault(text: string): CellFault | undefined {
  if (isTooLongForColumn(text)) return TOO_LONG;
  return textFault(text);
}

/** Why a value of a JSON row must not be sent, or undefined; looks into lists and objects. */
export function valueFault(value: unknown, depth = 0): CellFault | undefined {
  if (typeof value === 'string') return textFault(value);
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : INEXACT;
  if (value instanceof InexactNumber) return INEXACT;
  if (typeof value !== 'object') return NOT_JSON;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = Array.isArray(item) ? NESTED : valueFault(item, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const [key, item] of Object.entries(value)) {
    const fault = key === '__proto__' ? RESERVED : (textFault(key) ?? valueFault(item, depth + 1));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Why a value must not be sent to its place, which alone tells: what becomes of it there, or undefined. */
export function placeFault(target: Target, value: JsonValue): CellFault | undefined {
  const isWhole = target.kind === 'whole' && target.key === 'additional_attributes';
  if (!isWhole && !(target.kind === 'additional' && Object.hasOwn(SYNCED, target.key))) return undefined;
  const key = overlongKey(isWhole ? value : { [target.key]: value });
  return key && SYNCED[key];
}

/** Why the mapping must not set the target to this fixed value, or undefined. */
export function refusedConstant(target: Target, value: JsonValue): string | undefined {
  if (target.kind === 'whole') {
    return isPlainObject(value)
      ? faultText(valueFault(value) ?? placeFault(target, value))
      : 'this must be an object of keys and values.';
  }
  if (value === null)
    return clearingValue(target) === undefined ? `${target.key} cannot be cleared.` : undefined;
  if (target.kind === 'column') {
    if (target.key === 'blocked')
      return typeof value === 'boolean' ? undefined : 'blocked takes true or false, without quotes.';
    if (isStringColumn(target)) {
      if (typeof value !== 'string') return `${target.key} is a text: put the value in quotes.`;
      if (value.trim() === '')
        return `an empty text cannot be sent to ${target.key}. Write null to clear it.`;
      return faultText(columnTextFault(value));
    }
  }
  return faultText(valueFault(value) ?? placeFault(target, value));
}

/** Whether the value is an object and neither a list nor a number kept as text. */
export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof InexactNumber)
  );
}

// --- internal ---

function overlong(key: string): CellFault {
  return new CellFault(
    'ERR_TOO_LONG',
    `is a ${key} longer than ${MAX_COLUMN_LENGTH} characters: LiveDesk takes it, and refuses every later change of the contact. Shorten it.`,
  );
}

const faultText = (fault: CellFault | undefined) =>
  fault === undefined ? undefined : `this ${fault.reason}`;
