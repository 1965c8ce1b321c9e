// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, middle, ratio } from '../figures.mjs';
import { writeScatteredContacts } from '../input.mjs';
import { measure, measureRun } from '../measure.mjs';
import { startAnswerer } from '../servers.mjs';
import { finding } from '../table.mjs';

const CSV_PARSE = fileURLToPath(new URL('../loops/csv-parse.mjs', import.meta.url));

/**
 * Rows per second where nothing is sent, against csv-parse alone on the same file: whole processes, start included.
 * @param {import('../context.mjs').Context} context
 */
export async function dryRun(context) {
  const rows = context.isQuick ? 150_000 : 1_000_000;
  const file = context.contacts(rows);
  const worker = (/** @type {'plain' | 'unique'} */ mapping) => ({
    name: mapping,
    run: async () => perSecond(rows, await measureRun([file, '--dry-run', '-m', context.mappings[mapping]])),
  });
  const contestants = [
    worker('plain'),
    csvParse(rows, file, 'ours'),
    csvParse(rows, file, 'none'),
    worker('unique'),
  ];
  const rounds = await alternate(contestants, context.isQuick ? 3 : 5);
  return [
    line(rounds, 'dry run rows/s, of csv-parse with the same options', 'plain', 'ours', 0.4),
    line(rounds, '  of csv-parse with no options', 'plain', 'none', 0.25),
    line(rounds, '  with e-mails to compare (two looks at the input), same options', 'unique', 'ours', 0.4),
  ];
}

/**
 * Rows per second where the state says that nothing has changed: with an e-mail among the fields, and with all three keys.
 * @param {import('../context.mjs').Context} context
 */
export async function unchanged(context) {
  const rows = context.isQuick ? 30_000 : 200_000;
  const server = await startAnswerer();
  try {
    const measureUnchanged = async (/** @type {string} */ file, /** @type {'unique' | 'wide'} */ mapping) => {
      const state = join(context.dir, `state-${mapping}`);
      const args = [file, '-m', context.mappings[mapping], '--base-url', server.url, '--state', state];
      await measureRun([...args, '--rate', 'unlimited']);
      const worker = {
        name: 'worker',
        run: async () => {
          const measured = await measureRun(args);
          if (measured.summary.statuses.unchanged !== rows) throw new Error('not all rows were unchanged');
          return perSecond(rows, measured);
        },
      };
      return alternate([worker, csvParse(rows, file, 'none')], context.isQuick ? 3 : 5);
    };
    const byEmail = await measureUnchanged(context.contacts(rows), 'unique');
    const scattered = writeScatteredContacts(join(context.dir, 'scattered.csv'), rows);
    const byKeys = await measureUnchanged(scattered, 'wide');
    return [
      line(byEmail, 'unchanged rows/s with state, of csv-parse alone', 'worker', 'none', 0.5),
      line(byKeys, '  with e-mail, phone and identifier, ten fields', 'worker', 'none', 0.5),
    ];
  } finally {
    await server.close();
  }
}

// --- internal ---

/** @param {number} rows @param {string} file @param {'ours' | 'none'} options */
function csvParse(rows, file, options) {
  return { name: options, run: async () => perSecond(rows, await measure([CSV_PARSE, file, options])) };
}

/** @param {number} rows @param {import('../measure.mjs').Measured} measured */
function perSecond(rows, { wallMs, cpuMs }) {
  return { perSecond: (rows * 1000) / wallMs, cpuUs: (cpuMs * 1000) / rows };
}

/**
 * @param {import('../figures.mjs').Rounds} rounds
 * @param {string} what
 * @param {string} ours
 * @param {string} theirs
 * @param {number} [atLeast]
 */
function line(rounds, what, ours, theirs, atLeast) {
  const of = (/** @type {string} */ name) =>
    Math.round(middle(rounds, name, 'perSecond')).toLocaleString('en-US');
  const more = `${of(ours)}/s, ${of(theirs)}/s; CPU ${(1 / ratio(rounds, ours, theirs, 'cpuUs')).toFixed(2)}`;
  const bound = atLeast === undefined ? {} : { atLeast };
  return finding(what, { value: ratio(rounds, ours, theirs, 'perSecond'), ...bound, more }, rounds);
}
