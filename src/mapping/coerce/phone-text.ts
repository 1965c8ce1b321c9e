import { withoutInvisible } from '../../core/invisible.ts';

/** A cell that is written like a phone number. */
export interface PhoneText {
  /** Whether it begins with a plus. */
  readonly hasPlus: boolean;
  /** The digits 0-9, without a trunk zero in brackets and without an extension. */
  readonly digits: string;
  /** The digits with the zero of `(0)`, where there is one. */
  readonly digitsWithZero?: string;
  readonly hasExtension: boolean;
}

/**
 * Reads how a phone number is written: digits of any script, a plus, the usual punctuation, a trunk zero in brackets, an
 * extension at the end. Undefined for anything else, such as words or two numbers.
 */
export function readPhoneText(cell: string): PhoneText | undefined {
  const text = PLAIN.test(cell) ? cell : folded(cell);
  const written = /^(?:tel:)?'?(.*)$/is.exec(text.trim())?.[1]?.trim() ?? '';
  // a spreadsheet's or a script's number, where a phone number has no fraction
  const body = written.replace(/^(\+?\d{7,})\.0+$/, '$1');
  const [, number, rest = ''] = NUMBER.exec(body) ?? [];
  if (number === undefined || (rest !== '' && !EXTENSION.test(rest))) return undefined;
  const hasPlus = number.includes('+');
  const hasExtension = rest !== '';
  const zero = TRUNK_ZERO.exec(number)?.[0];
  if (zero === undefined) return { hasPlus, digits: digitsOf(number), hasExtension };
  const digits = digitsOf(number.replace(zero, ''));
  return { hasPlus, digits, digitsWithZero: digitsOf(number.replace(zero, '0')), hasExtension };
}

// --- internal ---

const PLAIN = /^[\x20-\x7e]*$/;
/** What may stand between the digits, all dashes among it. */
const PUNCTUATION = String.raw`\s()\[\]./~\p{Pd}\u2212\u30fc`;
const NUMBER = new RegExp(String.raw`^([(\[\s]*\+?[(\[\s]*\d[\d${PUNCTUATION}]*)(.*)$`, 'su');
const EXTENSION = /^[\p{L}.,;:#=\s]+\d{1,7}[\s.)\]]*$/u;
const TRUNK_ZERO = /[([]\s*0\s*[)\]]/;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Full-width letters and digits of any script as 0-9, without zero-width and direction marks. */
function folded(cell: string): string {
  return withoutInvisible(cell.normalize('NFKC').replace(/\s/gu, ' ')).replace(/\p{Nd}/gu, westernDigit);
}

/** Unicode keeps the ten digits of a script in a row, from zero to nine. */
function westernDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
