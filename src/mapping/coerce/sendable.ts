import { InexactNumber, type JsonValue } from '../../core/types.ts';
import { clearingValue, isStringColumn, type Target } from '../targets.ts';
import { Fault } from './fault.ts';

/** A string column of the API holds 255 characters (livedesk-api.md 5.4). */
const MAX_COLUMN_LENGTH = 255;
/** Deeper than any attribute is meant to be, and shallow enough for every JSON reader on the way. */
const MAX_DEPTH = 100;

// with the u flag a surrogate class matches lone ones only
const UNSENDABLE = /[\0\uFFFD\uD800-\uDFFF]/u;

const CHARACTER = new Fault(
  'ERR_CHARACTER',
  'holds a character that cannot be stored (NUL, half of a surrogate pair, or U+FFFD, the sign of a wrong encoding). Correct the cell, or read the input with --encoding.',
);
const TOO_LONG = new Fault(
  'ERR_TOO_LONG',
  `is longer than ${MAX_COLUMN_LENGTH} characters, which LiveDesk refuses. Shorten it.`,
);
const INEXACT = new Fault(
  'ERR_NUMBER',
  'holds a number with more digits than JSON keeps. Write it as a text, in quotes.',
);
const TOO_DEEP = new Fault('ERR_JSON', `is nested deeper than ${MAX_DEPTH} levels.`);
const RESERVED = new Fault('ERR_JSON', 'holds the reserved key "__proto__". Rename it.');
const NOT_JSON = new Fault('ERR_JSON', 'holds something that JSON does not know.');

/** Why a text must not be sent, or undefined. The API answers 500 to some of these (livedesk-api.md, trap 22). */
export function textFault(text: string): Fault | undefined {
  return UNSENDABLE.test(text) ? CHARACTER : undefined;
}

/** Why a text must not be sent to a string column, or undefined. */
export function columnTextFault(text: string): Fault | undefined {
  // code points are never more than code units, so short texts need no counting
  if (text.length > MAX_COLUMN_LENGTH && codePoints(text) > MAX_COLUMN_LENGTH) return TOO_LONG;
  return textFault(text);
}

/** Why a value of a JSON row must not be sent, or undefined; looks into lists and objects. */
export function valueFault(value: unknown, depth = 0): Fault | undefined {
  if (typeof value === 'string') return textFault(value);
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : INEXACT;
  if (value instanceof InexactNumber) return INEXACT;
  if (typeof value !== 'object') return NOT_JSON;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = valueFault(item, depth + 1);
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

/** Why the mapping must not set the target to this fixed value, or undefined. */
export function refusedConstant(target: Target, value: JsonValue): string | undefined {
  if (target.kind === 'whole') {
    return isObject(value) ? faultText(valueFault(value)) : 'this must be an object of keys and values.';
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
  return faultText(valueFault(value));
}

/** Whether the value is an object and neither a list nor a number kept as text. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof InexactNumber)
  );
}

// --- internal ---

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const faultText = (fault: Fault | undefined) => (fault === undefined ? undefined : `this ${fault.reason}`);
