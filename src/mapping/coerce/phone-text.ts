import { withoutInvisible } from '../../core/invisible.ts';

/** A cell that is written like a phone number. */
export interface PhoneText extends PhoneDigits {
  readonly hasExtension: boolean;
  /** Whether a few digits after a long group end it: the last of a range, the end of another number, or a fraction. */
  readonly hasShortEnd: boolean;
  /** What stands before each sign that may part two numbers, as `/` does, but mostly parts an area code. */
  readonly beginnings: readonly PhoneDigits[];
}

/** The digits of a phone number as they are written. */
export interface PhoneDigits {
  /** Whether it begins with a plus. */
  readonly hasPlus: boolean;
  /** The digits 0-9, without a trunk zero in brackets and without an extension. */
  readonly digits: string;
  /** The digits with the zero of `(0)`, where there is one. */
  readonly digitsWithZero?: string;
}

/**
 * Reads how a phone number is written: digits of any script, a plus, the usual punctuation, a trunk zero in brackets, an
 * extension at the end. Undefined for anything else, such as words or two numbers.
 */
export function readPhoneText(cell: string): PhoneText | undefined {
  const text = PLAIN.test(cell) ? cell : folded(cell.trim());
  const written = /^(?:tel:)?'?(.*)$/is.exec(text.trim())?.[1]?.trim() ?? '';
  // a spreadsheet's or a script's number, where a phone number has no fraction
  const body = written.replace(/^(\+?\d{7,})\.0+$/, '$1');
  const [, number, rest = ''] = NUMBER.exec(body) ?? [];
  if (number === undefined || (rest !== '' && !EXTENSION.test(rest))) return undefined;
  return {
    ...phoneDigits(number),
    hasExtension: rest !== '',
    hasShortEnd: SHORT_END.test(number) || FRACTION.test(number),
    beginnings: Array.from(number.matchAll(BETWEEN_NUMBERS), ({ index }) =>
      phoneDigits(number.slice(0, index)),
    ),
  };
}

// --- internal ---

const LINE_BREAKS = /\s*[\n\r\u2028\u2029]\s*/g;
const PLAIN = /^[\x20-\x7e]*$/;
/** What may stand between the digits, all dashes among it. */
const PUNCTUATION = String.raw`\s()\[\]./~\p{Pd}\u2212\u30fc`;
const NUMBER = new RegExp(String.raw`^([(\[\s]*\+?[(\[\s]*\d[\d${PUNCTUATION}]*)(.*)$`, 'su');
const EXTENSION = /^[\p{L}.,;:#=\s]+\d{1,7}[\s.)\]]*$/u;
const TRUNK_ZERO = /[([]\s*0\s*[)\]]/;
/** Signs between an area code and a number, between two numbers, or between the ends of a range, with the wave dash. */
const BETWEEN_NUMBERS = /[/~\u301c([]/g;
/** `901820/21`; where numbers are written in pairs, as in `01/23/45/67/89`, no long group stands before the last. */
const SHORT_END = /\d{6}\s*[./~\u301c]\s*\d{1,2}[\s)\]]*$/;
const FRACTION = /^\+?\d{8,}\.\d+$/;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

function phoneDigits(text: string): PhoneDigits {
  const hasPlus = text.includes('+');
  const zero = TRUNK_ZERO.exec(text)?.[0];
  if (zero === undefined) return { hasPlus, digits: digitsOf(text) };
  const digits = digitsOf(text.replace(zero, ''));
  return { hasPlus, digits, digitsWithZero: digitsOf(text.replace(zero, '0')) };
}

/**
 * Full-width letters and digits of any script as 0-9, without zero-width and direction marks; lines below each other as
 * parted by `/`.
 */
function folded(cell: string): string {
  return withoutInvisible(cell.normalize('NFKC').replace(LINE_BREAKS, '/').replace(/\s/gu, ' ')).replace(
    /\p{Nd}/gu,
    westernDigit,
  );
}

/** Unicode keeps the ten digits of a script in a row, from zero to nine. */
function westernDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
