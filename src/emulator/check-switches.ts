import { RunError } from '../core/errors.ts';
import { NULL_ATTRIBUTES } from './apply-change.ts';
import { AUTH_BODIES } from './authentication.ts';
import { FAULTS } from './fault.ts';
import { IMPOSTORS } from './impostor.ts';
import { INBOX_KINDS } from './inboxes.ts';
import type { Switches } from './options.ts';
import { DEFAULT_SWITCHES, SEARCH_SCOPES, SORT_KEYS } from './options.ts';
import { PATCH_ANSWERS } from './patch-answer.ts';
import { NOT_FOUND_BODIES } from './reply.ts';
import { THROTTLE_MODES } from './throttle.ts';
import { TIE_ORDERS } from './ties.ts';

/** Says what a value should have been, or undefined when it is right. */
type Check = (value: unknown) => string | undefined;

const CHECKS: { readonly [S in keyof Switches]: Check } = {
  down: isBoolean,
  limit: isLimit,
  searchLimit: isLimit,
  throttleMode: isOneOf(THROTTLE_MODES),
  latencyMs: isRange,
  writeDelayMs: isDuration,
  faults: isShares,
  contactFaults: isContactFaults,
  impostor: (value) => (value === null ? undefined : isOneOf(IMPOSTORS)(value)),
  additionalAttributes: isOneOf(['merge', 'replace']),
  phonePattern: isOneOf(['anchored', 'unanchored']),
  authBody: isOneOf(AUTH_BODIES),
  methodNotAllowed: isOneOf([404, 405]),
  pageSize: isOneOf(['ignored', 'honoured']),
  idPrefixCast: isBoolean,
  showContact: isBoolean,
  pageSizeMax: (value) =>
    Number.isInteger(value) && Number(value) > 0 ? undefined : 'a whole number of at least 1',
  patchAnswer: isOneOf(PATCH_ANSWERS),
  nullAttribute: isOneOf(NULL_ATTRIBUTES),
  notFound: isOneOf(NOT_FOUND_BODIES),
  search: isOneOf(['substring', 'ignored']),
  searchScope: isOneOf(SEARCH_SCOPES),
  searchCompany: isBoolean,
  searchCount: isOneOf(['total', 'page']),
  ties: isOneOf(TIE_ORDERS),
  sortKeys: isOneOf(SORT_KEYS),
  syncedColumns: isOneOf(['on', 'off']),
  inboxes: isInboxes,
  createAttributes: isOneOf(['taken', 'dropped']),
  filterContacts: isBoolean,
  destroyAttributes: isBoolean,
  limitHeaders: isBoolean,
};

/** The switches among `input`, checked. @throws RunError `ERR_EMULATOR_SWITCH`, naming the switch and what it takes. */
export function checkSwitches(input: unknown): Partial<Switches> {
  if (!isRecord(input)) throw wrong('the switches', 'a JSON object such as {"down": true}');
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(CHECKS, name)) throw wrong(name, `one of ${Object.keys(DEFAULT_SWITCHES).join(', ')}`);
    const expected = CHECKS[name as keyof Switches](value);
    if (expected !== undefined) throw wrong(name, expected);
  }
  return input as Partial<Switches>;
}

function wrong(name: string, expected: string): RunError {
  return new RunError('ERR_EMULATOR_SWITCH', `${name}: expected ${expected}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBoolean(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false';
}

function isOneOf(allowed: readonly (string | number)[]): Check {
  return (value) => (allowed.some((one) => one === value) ? undefined : `one of ${allowed.join(', ')}`);
}

function isDuration(value: unknown): string | undefined {
  return typeof value === 'number' && value >= 0 && value <= 3_600_000
    ? undefined
    : 'milliseconds, 0 or more';
}

function isRange(value: unknown): string | undefined {
  const [min, max, ...rest] = Array.isArray(value) ? value : [];
  const isRight = !isDuration(min) && !isDuration(max) && min <= max && rest.length === 0;
  return isRight ? undefined : '[shortest, longest] in milliseconds';
}

function isLimit(value: unknown): string | undefined {
  const isRight =
    value === null ||
    (isRecord(value) &&
      Number.isInteger(value['requests']) &&
      Number(value['requests']) >= 0 &&
      Number(value['windowMs']) > 0 &&
      (value['burst'] === undefined || Number(value['burst']) >= 1));
  return isRight
    ? undefined
    : '{"requests": N, "windowMs": N}, with "burst": N for a bucket, or null for none';
}

function isShares(value: unknown): string | undefined {
  const isRight =
    isRecord(value) &&
    Object.entries(value).every(
      ([fault, share]) => isFault(fault) && typeof share === 'number' && share >= 0 && share <= 1,
    );
  return isRight ? undefined : `shares from 0 to 1 of ${FAULTS.join(', ')}`;
}

function isContactFaults(value: unknown): string | undefined {
  const isRight =
    isRecord(value) &&
    Object.values(value).every((faults) => (Array.isArray(faults) ? faults.every(isFault) : isFault(faults)));
  return isRight
    ? undefined
    : `by contact id, a fault for every request or a list of faults, of ${FAULTS.join(', ')}`;
}

function isInboxes(value: unknown): string | undefined {
  const isRight =
    isRecord(value) &&
    Object.entries(value).every(([id, kind]) => /^\d+$/.test(id) && INBOX_KINDS.some((one) => one === kind));
  return isRight ? undefined : `by inbox id, one of ${INBOX_KINDS.join(', ')}`;
}

function isFault(value: unknown): boolean {
  return FAULTS.some((fault) => fault === value);
}
