import { RunError } from '../core/errors.ts';
import type { ShardChoice } from '../core/shard.ts';
import type { Rate, Share } from '../core/types.ts';
import type { Keep } from '../journal/list-runs.ts';
import type { TimeOfDay } from './time-of-day.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Node's timers overflow a day later, and then go off at once. */
const LONGEST_MS = 24 * 86_400_000;

/** `30s`, `15m`, `1h`, `500ms` in milliseconds, at most 24 days; 0 too. */
export function parseDuration(option: string, text: string): number {
  const ms = parseAge(option, text);
  if (ms > LONGEST_MS) throw usage(`--${option} takes at most 24d, not ${JSON.stringify(text)}`);
  return ms;
}

/** The same of any length: nothing waits for so long. */
export function parseAge(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim() === '0' ? '0s' : text.trim());
  const unit = UNITS_MS[match?.[2] ?? ''];
  if (!match || unit === undefined) {
    throw usage(`--${option} takes a duration such as 500ms, 30s, 15m or 2h, not ${JSON.stringify(text)}`);
  }
  return Number(match[1]) * unit;
}

/** As {@link parseDuration}, but longer than nothing: no attempt ends in no time. */
export function parseTimeout(option: string, text: string): number {
  const ms = parseDuration(option, text);
  if (ms < 1) throw usage(`--${option} must be longer than nothing, as in 30s, not ${JSON.stringify(text)}`);
  return ms;
}

/** More rows in flight than a machine has ports for. */
const MOST_IN_FLIGHT = 10_000;

/** Rows in flight. */
export function parseConcurrency(option: string, text: string): number {
  const rows = parseCount(option, text);
  if (rows > MOST_IN_FLIGHT)
    throw usage(`--${option} takes at most ${MOST_IN_FLIGHT}, not ${JSON.stringify(text)}`);
  return rows;
}

/** A whole number of at least `least`. */
export function parseCount(option: string, text: string, least = 1): number {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < least) {
    throw usage(`--${option} takes a whole number of at least ${least}, not ${JSON.stringify(text)}`);
  }
  return number;
}

/** A whole number, or `all` for no bound. */
export function parseLimit(option: string, text: string): number {
  return text.trim() === 'all' ? Number.POSITIVE_INFINITY : parseCount(option, text);
}

/** As {@link parseRate}, or `auto`. */
export function parseRateOrAuto(option: string, text: string): Rate {
  return text.trim() === 'auto' ? 'auto' : parseRate(option, text);
}

/** Attempts per second, or `unlimited`. */
export function parseRate(option: string, text: string): number {
  if (text.trim() === 'unlimited') return Number.POSITIVE_INFINITY;
  const rate = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(rate >= 0.01 && rate <= 100_000)) {
    throw usage(
      `--${option} takes requests per second from 0.01 to 100000, or "unlimited", not ${JSON.stringify(text)}`,
    );
  }
  return rate;
}

/** `06:00`, or `06:00 Europe/Berlin`; without a zone the machine's own. */
export function parseTimeOfDay(option: string, text: string): TimeOfDay {
  const [, hour, minute, zone] = /^([01]?\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?$/.exec(text.trim()) ?? [];
  if (hour === undefined) {
    throw usage(
      `--${option} takes a time of day such as 06:00, or 06:00 Europe/Berlin, not ${JSON.stringify(text)}`,
    );
  }
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return { hour: Number(hour), minute: Number(minute), zone: timeZone };
  } catch {
    throw usage(
      `--${option}: there is no time zone ${JSON.stringify(zone)}. Write it as in Europe/Berlin, or UTC.`,
    );
  }
}

/** `20` rows, or `50%` of them. */
export function parseShare(option: string, text: string): Share {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text.trim());
  if (!percent) {
    if (!/^\d+$/.test(text.trim())) {
      throw usage(
        `--${option} takes a number of rows such as 20, or a share such as 5%, not ${JSON.stringify(text)}`,
      );
    }
    return { kind: 'rows', rows: Number(text) };
  }
  const number = Number(percent[1]);
  if (number > 100) throw usage(`--${option} takes at most 100%, not ${JSON.stringify(text)}`);
  return { kind: 'percent', percent: number };
}

/** `30d` for days, `20` for the newest runs. */
export function parseKeep(option: string, text: string): Keep {
  const match = /^(\d+)(d?)$/.exec(text.trim());
  const number = Number(match?.[1]);
  if (!match || number < 1)
    throw usage(
      `--${option} takes days such as 30d, or a number of runs such as 20, not ${JSON.stringify(text)}`,
    );
  return match[2] === 'd' ? { kind: 'days', days: number } : { kind: 'newest', runs: number };
}

/** Each shard reads the whole input: with more of them, reading is all that they do. */
const MOST_SHARDS = 1_000;

/** `1/4` to `4/4`, or `auto/4`. */
export function parseShard(option: string, text: string): ShardChoice {
  const [, index = '', of = ''] = /^(auto|\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shards = Number(of);
  const isNumbered = Number(index) >= 1 && Number(index) <= shards;
  if (shards < 1 || shards > MOST_SHARDS || !(index === 'auto' || isNumbered)) {
    throw usage(
      `--${option} takes the number of a shard and how many there are, from 1/4 to 4/4, or auto/4 in an indexed Kubernetes job; at most ${MOST_SHARDS}. It cannot be ${JSON.stringify(text)}`,
    );
  }
  return { index: index === 'auto' ? index : Number(index), of: shards };
}

/** A mistake on the command line. */
export function usage(message: string): RunError {
  return new RunError('ERR_USAGE', message);
}
