import { zonedTime } from '../mapping/coerce/zoned-time.ts';

/** A time of day on the clock of a zone. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  /** IANA name. */
  readonly zone: string;
}

/** What lies further ahead than this is behind: a run that begins after its end is late, not early. */
const FURTHEST_MS = 12 * 3_600_000;
const MINUTES_OF_A_DAY = 24 * 60;
const DAY_S = 86_400;

/**
 * Milliseconds from `now` (Unix time) until the clock of the zone shows that time next; 0 where it showed it less than twelve
 * hours ago. A time that the zone skips that day counts as the next one that it has, of one that it has twice the first.
 */
export async function msUntil({ hour, minute, zone }: TimeOfDay, now: number): Promise<number> {
  const time = await zonedTime(zone);
  const onDayOf = (second: number): number => {
    const [year = 0, month = 0, day = 0] = time.day(second).split('-').map(Number);
    for (let at = hour * 60 + minute; at < MINUTES_OF_A_DAY; at += 1) {
      const parts = { year, month, day, hour: Math.floor(at / 60), minute: at % 60, second: 0 };
      const found = time.seconds(parts);
      if (found !== undefined) return found;
    }
    return second;
  };
  const today = onDayOf(now / 1000);
  const next = today * 1000 > now ? today : onDayOf(today + DAY_S);
  const ms = next * 1000 - now;
  return ms > FURTHEST_MS ? 0 : ms;
}
