/** A date and time of day as written; months and days count from 1. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Minutes ahead of UTC, if written. */
  readonly offset?: number;
}

/** Reads a cell; undefined if it does not have the format or is no day of the calendar. */
export type DateReader = (text: string) => DateParts | undefined;

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d\\d)',
  dd: '(?<day>\\d\\d)',
  HH: '(?<hour>\\d\\d)',
  mm: '(?<minute>\\d\\d)',
  ss: '(?<second>\\d\\d)',
  XXX: '(?<offset>Z|[-+]\\d\\d:\\d\\d)',
};
const HINTS: Readonly<Record<string, string>> = {
  YYYY: 'yyyy',
  yy: 'yyyy (all four digits of the year)',
  M: 'MM',
  MMM: 'MM',
  d: 'dd',
  D: 'dd',
  DD: 'dd',
  H: 'HH',
  hh: 'HH',
  h: 'HH',
  m: 'mm',
  s: 'ss',
  Z: 'XXX',
  X: 'XXX',
};

/**
 * Compiles a format of yyyy MM dd HH mm ss XXX; other signs stand for themselves, letters but `T` only in quotes.
 * A text says what is wrong with it.
 */
export function readDateFormat(format: string, type: 'date' | 'timestamp'): DateReader | string {
  const seen = new Set<string>();
  let pattern = '';
  for (const [part] of format.matchAll(/'[^']*'|([A-Za-z])\1*|./gsu)) {
    const token = TOKENS[part];
    if (token !== undefined) {
      if (seen.has(part)) return `${part} stands twice in the format.`;
      seen.add(part);
      pattern += token;
    } else if (/^[A-Za-z]/.test(part) && part !== 'T') {
      const hint = HINTS[part];
      const instead = hint === undefined ? `Put letters in quotes: '${part}'.` : `Write ${hint}.`;
      return `"${part}" is not part of a date format (yyyy MM dd HH mm ss XXX). ${instead}`;
    } else pattern += literally(part.length > 1 ? part.slice(1, -1) : part);
  }
  const missing = ['yyyy', 'MM', 'dd'].find((token) => !seen.has(token));
  if (missing !== undefined) {
    const hint = missing === 'MM' && seen.has('mm') ? ' mm are minutes, MM is the month.' : '';
    return `the format of a ${type} needs ${missing}.${hint}`;
  }
  if (seen.has('mm') && !seen.has('HH'))
    return 'mm are minutes: the format has no HH before them. MM is the month.';
  if (seen.has('ss') && !seen.has('mm')) return 'ss are seconds: the format has no mm before them.';
  return readerOf(new RegExp(`^${pattern}$`));
}

/** The forms of ISO 8601 that are read without a `format`: a date, or a date and time, with or without an offset. */
export const readIsoDate: DateReader = readerOf(
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,]\d{1,9})?)?(?<offset>[Zz]|[-+]\d\d(?::?\d\d)?)?)?$/,
);

// --- internal ---

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function readerOf(pattern: RegExp): DateReader {
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const { year, month, day, hour, minute, second, offset } = groups;
    const parts = {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
    };
    if (!isReal(parts)) return undefined;
    if (offset === undefined) return parts;
    const minutes = offsetMinutes(offset);
    return minutes === undefined ? undefined : { ...parts, offset: minutes };
  };
}

function isReal({ year, month, day, hour, minute, second }: DateParts): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const longest = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= longest;
}

/** No place on earth is further than 18 hours from UTC. */
const MAX_OFFSET_MINUTES = 18 * 60;

function offsetMinutes(offset: string): number | undefined {
  if (offset === 'Z' || offset === 'z') return 0;
  const digits = offset.slice(1).replace(':', '');
  const minutes = Number(digits.slice(2, 4));
  const total = Number(digits.slice(0, 2)) * 60 + minutes;
  if (minutes > 59 || total > MAX_OFFSET_MINUTES) return undefined;
  return offset.startsWith('-') ? -total : total;
}
