import { statSync } from 'node:fs';
import type { Command } from '../command.ts';
import { usage } from '../parse-values.ts';
import { createArgsReader, optional } from '../read-args.ts';

const FORMATS = ['html', 'markdown', 'json'] as const;

/** Draws a run, or a plan. */
export const report: Command = {
  usage: 'report [dir]',
  describe: 'Draw a run: what happened when, why rows ended badly, how fast it went',
  positionals: {
    dir: {
      type: 'string',
      describe:
        'Run directory, e.g. runs/latest, or a plan.jsonl; with --all the folder of them [default: runs]',
    },
  },
  options: {
    all: { type: 'boolean', default: false, describe: 'Draw the runs of each job over its nights' },
    job: { type: 'string', describe: 'With --all: that job only' },
    format: {
      type: 'string',
      choices: FORMATS,
      default: 'html',
      describe: 'A page that works from disk; text for a pull request or a CI summary; the figures',
    },
    output: {
      alias: 'o',
      type: 'string',
      describe:
        'File to write, - is stdout [default: DIR/report.html, with --all DIR/nights.html, of a plan plan.html beside it; stdout for markdown and json]',
    },
  },
  examples: [
    ['$0 report runs/latest', 'writes runs/latest/report.html'],
    ['$0 report runs/latest/plan.jsonl', 'a page of a plan, for the person who approves it'],
    ['$0 report --all', 'writes runs/nights.html: rows, bad rows, minutes and rate of each night'],
    ['$0 report runs/latest --format markdown >> "$GITHUB_STEP_SUMMARY"', 'a summary of a CI job'],
  ],
  topics: ['report', 'options'],
  async run(args, host) {
    const { text, given, flag } = createArgsReader(args);
    const dir = text('dir');
    const format = given('format', (_option, value) => FORMATS.find((known) => known === value)) ?? 'html';
    const more = { format, ...optional('output', text('output')), ...optional('job', text('job')) };
    if (flag('all')) {
      const { writeNights } = await import('./write-nights.ts');
      return writeNights({ ...more, ...optional('dir', dir) }, host);
    }
    if (more.job !== undefined) throw usage('--job names a job to draw the nights of: give --all, too.');
    if (dir !== undefined && isFile(dir)) {
      const { writePlanReport } = await import('./write-plan-report.ts');
      return writePlanReport({ plan: dir, format, ...optional('output', more.output) }, host);
    }
    if (dir === undefined)
      throw usage('which run? Name its directory, e.g. runs/latest, or draw all with --all.');
    const { writeReport: draw } = await import('./write-report.ts');
    return draw({ dir, ...more }, host);
  },
};

// --- internal ---

/** A plan is a file, a run a directory. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
