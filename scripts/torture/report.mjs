// @ts-check

/** @typedef {import('./trial.mjs').Trial} Trial */

/**
 * One trial on one line, and how to repeat it if it went wrong.
 * @param {Trial} trial
 */
export function trialLine({ plan, complaints, ...trial }) {
  const verdict = complaints.length === 0 ? 'ok  ' : 'BAD ';
  const ends = `${trial.processes} processes, ${trial.signals} signals`;
  const line = `${verdict} seed ${plan.seed} ${plan.way.padEnd(4)} ${ends}, ${trial.resent} rows sent again\n`;
  if (complaints.length === 0) return line;
  const again = `node scripts/torture.mjs --runs 1 --seed ${plan.seed} --way ${plan.way} --rows ${plan.rows}`;
  return `${line}${complaints.map((text) => `     ${text}\n`).join('')}     again: ${again}\n`;
}

/**
 * What was done to the worker and what became of the rows.
 * @param {readonly Trial[]} trials
 * @param {number} seconds
 */
export function reportOf(trials, seconds) {
  const sum = (/** @type {(trial: Trial) => number} */ of) =>
    trials.reduce((total, trial) => total + of(trial), 0);
  const bad = trials.filter(({ complaints }) => complaints.length > 0);
  const most = Math.max(0, ...trials.map(({ mostResent }) => mostResent));
  const ways = (/** @type {string} */ way) => trials.filter(({ plan }) => plan.way === way).length;
  const killed = trials.filter(({ plan }) => plan.way === 'kill');
  const lines = [
    ['trials', trials.length],
    ['  by SIGKILL, SIGTERM, full disk', `${ways('kill')}, ${ways('term')}, ${ways('disk')}`],
    ['rows', sum(({ plan }) => plan.rows)],
    ['processes of the worker', sum(({ processes }) => processes)],
    ['  killed by SIGKILL', killed.reduce((total, { signals }) => total + signals, 0)],
    ['  journals torn in a line', sum(({ torn }) => torn)],
    ['requests', sum(({ requests }) => requests)],
    ['  throttled', sum(({ throttled }) => throttled)],
    ...totals(trials, ({ faults }) => faults).map(([name, n]) => [`  fault ${name}`, n]),
    ...totals(trials, ({ statuses }) => statuses).map(([name, n]) => [`rows ${name}`, n]),
    ['rows sent again after an end', sum(({ resent }) => resent)],
    ['  at most, after one end', `${most} (${trials[0]?.plan.concurrency ?? 0} in flight)`],
    ['trials with something wrong', bad.length],
  ];
  const table = lines.map(([label, n]) => {
    const value = typeof n === 'number' ? n.toLocaleString('en-US') : n;
    return `${String(label).padEnd(36)}${String(value).padStart(12)}`;
  });
  const seeds = bad.length > 0 ? `\nbad seeds: ${bad.map(({ plan }) => plan.seed).join(' ')}` : '';
  return `\n${table.join('\n')}\n${Math.round(seconds)} s${seeds}\n`;
}

/**
 * @param {readonly Trial[]} trials
 * @param {(trial: Trial) => Record<string, number>} of
 */
function totals(trials, of) {
  /** @type {Record<string, number>} */
  const all = {};
  for (const trial of trials) {
    for (const [name, n] of Object.entries(of(trial))) all[name] = (all[name] ?? 0) + n;
  }
  return Object.entries(all).filter(([, n]) => n > 0);
}
