import { durationText } from '../../../core/duration-text.ts';
import { EXIT } from '../../../core/errors.ts';
import { SIGNAL_EXIT, type StopSignal } from '../../../core/shutdown.ts';
import type { Summary } from '../../../journal/summary.ts';
import { plural } from '../../../journal/summary-text.ts';

/** How a job of `--all-jobs` ended. */
export interface EndedJob {
  readonly job: string;
  /** The name of its account in the file. */
  readonly account: string;
  /** Undefined for one that was not begun, since the whole was stopped. */
  readonly exit_code: number | undefined;
  /** Why it has no summary. */
  readonly fault?: string;
  readonly summary?: Summary;
}

/** The worst exit code first. */
const WORST_FIRST: readonly number[] = [
  EXIT.bug,
  EXIT.usage,
  EXIT.stopped,
  EXIT.locked,
  EXIT.rowsFailed,
  EXIT.ok,
];

/** The exit code of all jobs: that of a signal that stopped them, else the worst of theirs. */
export function worstExitCode(jobs: readonly EndedJob[], signal: StopSignal | undefined): number {
  const codes = jobs.map(({ exit_code: code }) => rankedCode(code));
  const worst = WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.ok;
  if (signal === undefined || worst === EXIT.bug) return worst;
  return SIGNAL_EXIT[signal];
}

/** The summary of all jobs as a person reads it: a line a job, then what to do about those that need it. */
export function allJobsText(file: string, jobs: readonly EndedJob[], exitCode: number): string {
  const good = jobs.filter(({ exit_code: code }) => code === EXIT.ok).length;
  const rows = jobs.map(cellsOf);
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...rows.map((cells) => (cells[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()}`;
  return `${[
    `${good} of ${plural(jobs.length, 'job')} of ${file} ended well; exit code ${exitCode}`,
    '',
    line(HEADINGS),
    ...rows.map(line),
    '',
    ...jobs.flatMap(needsOf),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

// --- internal ---

const HEADINGS = ['job', 'account', 'exit', 'rows', 'bad', 'pending', 'time'];

/** A job that a signal or the system ended was stopped; so was one that was not begun. */
function rankedCode(code: number | undefined): number {
  return code !== undefined && WORST_FIRST.includes(code) ? code : EXIT.stopped;
}

function cellsOf({ job, account, exit_code: code, summary }: EndedJob): string[] {
  const own = [job, account, code === undefined ? '-' : String(code)];
  if (!summary) return [...own, '-', '-', '-', '-'];
  const { invalid, rejected, failed } = summary.statuses;
  return [
    ...own,
    ...[summary.rows_read, invalid + rejected + failed, summary.pending].map((n) =>
      n.toLocaleString('en-US'),
    ),
    durationText(summary.duration_s),
  ];
}

/** What is to be known of a job that did not end well, and its next commands. */
function needsOf({ job, exit_code: code, fault, summary }: EndedJob): string[] {
  if (!summary) return [`  ${job}: ${fault ?? (code === undefined ? 'not begun' : 'it said nothing')}`];
  return [
    ...(summary.stopped
      ? [`  ${job}: stopped early: ${summary.stopped.message} (${summary.stopped.code})`]
      : []),
    ...(summary.next === undefined
      ? []
      : summary.next.split('\n').map((way) => `  ${job}: next: ${way.trim()}`)),
  ];
}
