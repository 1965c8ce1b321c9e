import { basename } from 'node:path';
import { ageText } from '../../core/duration-text.ts';
import { plural } from '../../journal/summary-text.ts';
import type { ListedRun, ListedState, RunsList } from './runs-model.ts';

/** The list as a person reads it, 80 columns wide; commands and names of runs are never broken. */
export function runsText({ runs, more_runs: more, states }: RunsList, now: number): string {
  const lines =
    runs.length === 0
      ? ['No runs.']
      : [row('WHEN (UTC)', 'JOB OR INPUT', 'STATE', 'ROWS', 'BAD', 'NEW'), ...runs.flatMap(runLines)];
  if (more > 0) lines.push('', `${plural(more, 'older run')}: --limit all lists every one.`);
  lines.push('', ...states.flatMap((state) => stateLines(state, now)));
  if (states.length === 0) lines.push('No state.');
  return `${lines.join('\n')}\n`;
}

// --- internal ---

const WIDTHS = { when: 16, job: 19, state: 18 } as const;

function row(when: string, job: string, state: string, rows: string, bad: string, fresh: string): string {
  const texts = [toWidth(when, WIDTHS.when), toWidth(job, WIDTHS.job), toWidth(state, WIDTHS.state)].join(
    '  ',
  );
  return `${texts}${rows.padStart(11)}${bad.padStart(7)}${fresh.padStart(5)}`;
}

/** What a run is that wrote nothing. */
function kindOf({ command, dry_run: isDry }: ListedRun): string {
  if (command === 'plan' || command === 'check') return command;
  return isDry ? 'dry' : '';
}

function runLines(run: ListedRun): string[] {
  const { state, stopped, started_at: at, statuses } = run;
  const job = run.job ?? run.inputs.map((name) => basename(name)).join(' ');
  const named = [kindOf(run), run.shard ?? '', job].filter(Boolean).join(' ');
  const count = (value: number): string => value.toLocaleString('en-US');
  const first = row(
    at.slice(0, 16).replace('T', ' '),
    named,
    state === 'stopped' && stopped ? stopped.code : state,
    statuses ? count(run.rows) : '',
    statuses ? count(run.bad_rows) : '',
    run.new_bad_rows === null ? '' : count(run.new_bad_rows),
  );
  const more = [
    run.pending > 0 ? `${plural(run.pending, 'row')} pending` : '',
    run.personal_deleted_at === null ? '' : 'personal data deleted',
    run.retried_by === null ? '' : `retried by ${run.retried_by}`,
  ].filter(Boolean);
  const ways = run.next?.split('\n').map((way) => way.trim()) ?? [];
  return [
    first.trimEnd(),
    `  ${[run.name, ...more].join('; ')}`,
    ...ways.map((way, i) => `  ${i === 0 ? 'next: ' : '      '}${way}`),
  ];
}

function stateLines(state: ListedState, now: number): string[] {
  const pull =
    state.last_pull === null
      ? 'no complete pull'
      : `pulled ${state.last_pull.slice(0, 16).replace('T', ' ')} UTC, ${ageText(now - Date.parse(state.last_pull))} ago`;
  return [
    `State ${state.id} of account ${state.account} in ${state.dir}`,
    state.fault === undefined
      ? `  ${plural(state.contacts, 'contact')}, ${sizeText(state.bytes)}, ${pull}, last run number ${state.last_number}`
      : `  ${sizeText(state.bytes)}, last run number ${state.last_number}; it cannot be read: ${state.fault}`,
  ];
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The text in so many columns: cut at its end where it is longer. */
function toWidth(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text.padEnd(columns);
}
