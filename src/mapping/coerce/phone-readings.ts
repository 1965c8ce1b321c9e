import { type DialingRules, parsePhone } from './phone-metadata.ts';
import type { PhoneDigits } from './phone-text.ts';

/** The numbers that a text may mean, in E.164. */
export type Readings = readonly string[];

/**
 * The number of a text with plus. One of a length that the numbering plans know is brought into their form. A longer one
 * is none, mostly two numbers in one cell, but for those that messengers still use, as `+521…` is.
 */
export function readWithPlus({ digits, digitsWithZero }: PhoneDigits): Readings {
  if (digitsWithZero !== undefined) {
    const valid = distinct([validNumber(`+${digits}`), validNumber(`+${digitsWithZero}`)]);
    if (valid.length > 0) return valid;
  }
  const text = `+${digits}`;
  const phone = parsePhone(text);
  if (phone === undefined) return [];
  if (phone.isPossible()) return distinct([asE164(phone.number)]);
  return STILL_USED.test(text) ? [text] : [];
}

/**
 * What a text without plus may mean to someone in the country: a number of that country, or one that begins with an
 * international prefix or with the country's own calling code. Only numbers in use count.
 */
export function readWithoutPlus(text: PhoneDigits, rules: DialingRules): Readings {
  const { digits, digitsWithZero } = text;
  const readings = new Set<string>();
  const bodies = digitsWithZero === undefined || rules.hasTrunkZero ? [digits] : [digits, digitsWithZero];
  for (const body of bodies) {
    for (const candidate of candidatesOf(body, digitsWithZero !== undefined, rules)) {
      const number = validNumber(candidate);
      if (number !== undefined) readings.add(number);
    }
    // numbers of a few digits that are dialled within a small country, as 7 digits are in the Caribbean
    if (rules.isMinor) {
      const phone = parsePhone(body, rules.country);
      if (phone?.isValid()) readings.add(phone.number);
    }
    const shorter = rules.hasTrunkZero ? undefined : withAddedZero(body, rules.callingCode);
    if (shorter !== undefined) readings.add(shorter);
  }
  return [...readings];
}

/** The number that the digits would be with a plus before them, if it is one in use. */
export function readAsForeign({ digits }: PhoneDigits): string | undefined {
  return validNumber(`+${digits}`);
}

/** Whether the text is a number in use by itself, so that nothing can be the rest of it. */
export function isNumberInUse(text: PhoneDigits, rules: DialingRules | undefined): boolean {
  if (text.digits.length < SHORTEST) return false;
  if (text.hasPlus) return readAsForeign(text) !== undefined;
  return rules !== undefined && readWithoutPlus(text, rules).length > 0;
}

// --- internal ---

/** Fewer digits are an area code before the rest of a number, although a few countries have such numbers. */
const SHORTEST = 5;

/** Mobile numbers of Mexico as they were written until 2019. */
const STILL_USED = /^\+521\d{10}$/;

function candidatesOf(digits: string, hadZero: boolean, rules: DialingRules): readonly string[] {
  const { callingCode, internationalPrefix } = rules;
  const candidates: string[] = [];
  if (digits.startsWith('00')) candidates.push(`+${digits.slice(2)}`);
  const prefix = internationalPrefix?.exec(digits)?.[0];
  if (prefix !== undefined && digits[prefix.length] !== '0')
    candidates.push(`+${digits.slice(prefix.length)}`);
  const hasCallingCode = digits.startsWith(callingCode);
  if (hasCallingCode) candidates.push(`+${digits}`);
  // `49 (0)30 …`: the zero in brackets tells that a calling code stands before it
  if (!hadZero || !hasCallingCode) candidates.push(`+${callingCode}${digits}`);
  return candidates;
}

/**
 * The number that these digits are where a country writes some of its numbers with a zero that is none of their digits, and
 * has others that begin with one: Gabon, in whose old numbers a zero became a digit.
 */
function withAddedZero(digits: string, callingCode: string): string | undefined {
  if (!digits.startsWith('0')) return undefined;
  const phone = parsePhone(`+${callingCode}${digits.slice(1)}`);
  if (!phone?.isValid() || phone.formatNational().replace(/\D/g, '') !== digits) return undefined;
  return phone.number;
}

function validNumber(text: string): string | undefined {
  const phone = parsePhone(text);
  return phone?.isValid() ? asE164(phone.number) : undefined;
}

function asE164(number: string): string | undefined {
  return /^\+[1-9]\d{1,14}$/.test(number) ? number : undefined;
}

function distinct(numbers: readonly (string | undefined)[]): Readings {
  return [...new Set(numbers.filter((number) => number !== undefined))];
}
