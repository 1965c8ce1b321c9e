// @ts-check

/** @typedef {import('./drive.mjs').Outcome} Outcome */

/** What went wrong in a sequence: its commands, what differs, and how to repeat it. @param {Outcome} outcome @param {string} options */
export function findingText({ seed, complaints, commands }, options) {
  const lines = [...commands, ...complaints].map((text) => `     ${text.replaceAll('\n', '\n     ')}`);
  return `BAD  seed ${seed}\n${lines.join('\n')}\n     again: npm run nights -- ${options}--seed ${seed} --runs 1\n`;
}

/** @param {readonly Outcome[]} outcomes @param {number} seconds */
export function reportOf(outcomes, seconds) {
  const sum = (/** @type {keyof Outcome['counts']} */ key) =>
    outcomes.reduce((total, { counts }) => total + counts[key], 0);
  const bad = outcomes.filter(({ complaints }) => complaints.length > 0);
  /** @type {[string, number][]} */
  const lines = [
    ['sequences', outcomes.length],
    ['processes', sum('processes')],
    ['  killed', sum('kills')],
    ['  ended by SIGTERM', sum('terms')],
    ['  ended by a full disk', sum('full')],
    ['  refused, as they must be', sum('refused')],
    ['rows with an outcome', sum('rows')],
    ['sequences with something wrong', bad.length],
  ];
  const table = lines.map(([label, n]) => `${label.padEnd(36)}${n.toLocaleString('en-US').padStart(12)}`);
  const seeds = bad.length > 0 ? `\nbad seeds: ${bad.map(({ seed }) => seed).join(' ')}` : '';
  return `\n${table.join('\n')}\n${Math.round(seconds)} s${seeds}\n`;
}
