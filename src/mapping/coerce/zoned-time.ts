import type { DateParts } from './date-format.ts';

/** A time zone's clock. */
export interface ZonedTime {
  /** Unix seconds of a local time; undefined if it does not exist in the zone, or exists twice. */
  seconds(parts: DateParts): number | undefined;
  /** The local day, `yyyy-MM-dd`, at unix seconds. */
  day(seconds: number): string;
}

/** The clock of an IANA zone. Any zone but UTC loads the time zone rules. */
export async function zonedTime(zone: string): Promise<ZonedTime> {
  if (zone === 'UTC')
    return { seconds: utcSeconds, day: (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10) };
  const { Temporal } = await import('temporal-polyfill');
  return {
    seconds(parts) {
      try {
        const local = Temporal.PlainDateTime.from({
          year: parts.year,
          month: parts.month,
          day: parts.day,
          hour: parts.hour,
          minute: parts.minute,
          second: parts.second,
        });
        return local.toZonedDateTime(zone, { disambiguation: 'reject' }).epochMilliseconds / 1000;
      } catch (error) {
        if (error instanceof RangeError) return undefined;
        throw error;
      }
    },
    day: (seconds) =>
      Temporal.Instant.fromEpochMilliseconds(seconds * 1000)
        .toZonedDateTimeISO(zone)
        .toPlainDate()
        .toString(),
  };
}

/** Unix seconds of the parts, read as UTC unless they have an offset. */
export function utcSeconds(parts: DateParts): number {
  const date = new Date(0);
  // not Date.UTC, which takes the year 99 for 1999
  date.setUTCFullYear(parts.year, parts.month - 1, parts.day);
  date.setUTCHours(parts.hour, parts.minute - (parts.offset ?? 0), parts.second);
  return date.getTime() / 1000;
}
