import type { CellReading } from '../document.ts';
import { type DateParts, type DateReader, readDateFormat, readIsoDate } from './date-format.ts';
import { CellFault, type Coerce, type Coerced } from './fault.ts';
import { utcSeconds, zonedTime } from './zoned-time.ts';

/** Unix milliseconds of today have 13 digits, unix seconds 10. */
const MAX_SECONDS = 1e11;
/** Eight digits may be a day, as 20261122 is; with a minus they are seconds before 1970, a day of which has five digits. */
const UNIX_SECONDS = /^(?:\d{9,}|-\d{5,})$/;
const MILLISECONDS = new CellFault(
  'ERR_DATE',
  'looks like milliseconds. LiveDesk counts in seconds: divide by 1000.',
);
const NOT_A_DATE = new CellFault('ERR_DATE', 'is not a date. Write it as a text, as in 2026-11-22.');
const NOT_SECONDS = new CellFault('ERR_DATE', 'is not unix seconds, which are a whole number.');

/** `date` gives `yyyy-MM-dd`, `timestamp` unix seconds (livedesk-api.md, trap 21). */
export async function coerceDate(reading: CellReading, type: 'date' | 'timestamp'): Promise<Coerce> {
  const { format, zone = 'UTC' } = reading;
  const read = readerFor(format, type);
  const local = await zonedTime(zone);
  const malformed = new CellFault(
    'ERR_DATE',
    `is not a real date in the form ${format ?? 'yyyy-MM-dd, alone or with THH:mm:ss and an offset'}.`,
  );
  const noSuchTime = new CellFault(
    'ERR_DATE',
    `is a time that does not exist in ${zone}, or exists twice, as the clocks change. Write it with an offset.`,
  );

  // without a zone the written day is meant: a birthday at midnight in Berlin is not the day before
  const isConverted = reading.zone !== undefined;
  const dateOf = (parts: DateParts): Coerced =>
    isConverted && parts.offset !== undefined ? local.day(utcSeconds(parts)) : dayText(parts);
  const secondsOf = (parts: DateParts): Coerced =>
    parts.offset === undefined ? (local.seconds(parts) ?? noSuchTime) : utcSeconds(parts);
  const convert = type === 'date' ? dateOf : secondsOf;

  const text = (untrimmed: string): Coerced => {
    const cell = untrimmed.trim();
    const parts = read(cell);
    if (parts !== undefined) return convert(parts);
    const isCount = type === 'timestamp' && format === undefined && UNIX_SECONDS.test(cell);
    return isCount ? unixSeconds(Number(cell)) : malformed;
  };
  const json = (value: unknown): Coerced => {
    if (typeof value !== 'number') return NOT_A_DATE;
    if (format !== undefined) return text(String(value));
    return type === 'timestamp' ? unixSeconds(value) : NOT_A_DATE;
  };
  return { text, json };
}

function readerFor(format: string | undefined, type: 'date' | 'timestamp'): DateReader {
  const read = format === undefined ? readIsoDate : readDateFormat(format, type);
  if (typeof read === 'string') throw new TypeError(`unchecked date format: ${read}`);
  return read;
}

function unixSeconds(value: number): Coerced {
  if (!Number.isInteger(value)) return NOT_SECONDS;
  return Math.abs(value) < MAX_SECONDS ? value : MILLISECONDS;
}

function dayText({ year, month, day }: DateParts): string {
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}
