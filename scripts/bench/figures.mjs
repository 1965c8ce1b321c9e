// @ts-check

/**
 * What one contestant did in one round: more is better for rates, less for costs.
 * @typedef {Record<string, number>} Figures
 */
/** @typedef {{ readonly name: string, readonly run: () => Promise<Figures> }} Contestant */
/** @typedef {Record<string, Figures[]>} Rounds Figures of each contestant, one for each round. */

/**
 * The middle one; of an even number the mean of the two in the middle.
 * @param {readonly number[]} values
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/**
 * Runs all contestants in turn, several times, so that what else the machine does meets all of them alike. Every other
 * round goes backwards: nobody always follows the same one.
 * @param {readonly Contestant[]} contestants
 * @param {number} rounds
 * @returns {Promise<Rounds>}
 */
export async function alternate(contestants, rounds) {
  /** @type {Rounds} */
  const all = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contestants : [...contestants].reverse();
    for (const { name, run } of order) all[name]?.push(await run());
  }
  return all;
}

/**
 * The median over the rounds of one contestant's figure divided by another's of the same round.
 * @param {Rounds} rounds
 * @param {string} ours
 * @param {string} theirs
 * @param {string} figure
 */
export function ratio(rounds, ours, theirs, figure) {
  const others = rounds[theirs] ?? [];
  return median((rounds[ours] ?? []).map((mine, i) => (mine[figure] ?? 0) / (others[i]?.[figure] ?? 0)));
}

/**
 * The median of a contestant's figure.
 * @param {Rounds} rounds
 * @param {string} name
 * @param {string} figure
 */
export function middle(rounds, name, figure) {
  return median((rounds[name] ?? []).map((round) => round[figure] ?? Number.NaN));
}
