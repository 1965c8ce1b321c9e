// @ts-check
import { chance } from './chance.mjs';

/**
 * What one trial does: all of it follows from the seed.
 * @typedef {object} Plan
 * @property {number} seed
 * @property {'kill' | 'term' | 'disk'} way How the worker's processes end: SIGKILL, SIGTERM, or a full disk.
 * @property {number} rows
 * @property {number} contacts
 * @property {number} concurrency
 * @property {string} rate
 * @property {boolean} completes Whether rows need a read before their write.
 * @property {boolean} continues Whether later processes are begun with `--continue` instead of `--resume`.
 * @property {readonly Moment[]} ends When each process is ended; the one after them runs to its end.
 * @property {readonly Tail[]} tails What stands behind the journal's last line after each SIGKILL.
 * @property {Record<string, number>} faults Shares of requests.
 * @property {{ requests: number, windowMs: number } | null} limit
 * @property {readonly [number, number]} latencyMs
 * @property {number} diskBytes Size of the small disk, for the way `disk`.
 */

/**
 * A moment in the life of a process: so many writes at the server after it began, or so many milliseconds.
 * @typedef {{ readonly writes: number, readonly ms?: undefined } | { readonly ms: number, readonly writes?: undefined }} Moment
 */

/** @typedef {'none' | 'half' | 'padding'} Tail */

/** @type {readonly [Tail, ...Tail[]]} */
const TAILS = ['none', 'none', 'none', 'half', 'padding'];
const FAULTS = ['500', '502', '503', 'reset-before', 'reset-after', '504-after', 'cut'];

/**
 * @param {number} seed
 * @param {{ rows: number, way: Plan['way'] }} wanted
 * @returns {Plan}
 */
export function planOf(seed, { rows, way }) {
  const { whole, likely, oneOf, next } = chance(seed);
  const times = whole(1, 5);
  /** @type {Moment[]} */
  const ends = [];
  for (let i = 0; i < times; i += 1) {
    // by writes it hits the work, by time also the start, when the journal is being opened and cut
    ends.push(likely(0.25) ? { ms: whole(150, 900) } : { writes: whole(1, Math.ceil((1.5 * rows) / times)) });
  }
  /** @type {Record<string, number>} */
  const faults = {};
  for (const fault of FAULTS) if (likely(0.5)) faults[fault] = Math.round(next() * 300) / 10_000;
  return {
    seed,
    way,
    rows,
    contacts: oneOf([25, 300, 1_000, rows]),
    concurrency: 20,
    rate: oneOf(['unlimited', '2000']),
    completes: likely(0.2),
    continues: likely(0.4),
    ends: way === 'disk' ? [] : ends,
    tails: ends.map(() => oneOf(TAILS)),
    faults,
    limit: likely(0.25) ? { requests: whole(150, 500), windowMs: 1_000 } : null,
    latencyMs: oneOf([
      [1, 10],
      [0, 2],
      [5, 30],
    ]),
    diskBytes: way === 'disk' ? whole(16, Math.ceil(rows / 12)) * 4_096 : 0,
  };
}
