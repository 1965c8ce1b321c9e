import { ageText, durationText } from '../core/duration-text.ts';
import { shardText } from '../core/shard.ts';
import {
  IRREVERSIBLE,
  type Irreversible,
  SKIP_REASONS,
  type SkipReason,
  STATUSES,
  type Status,
} from '../core/types.ts';
import type { AcceptedBadRows } from './accepted-bad-rows.ts';
import type { ListReading, Summary, UndoneFields, UndoSummary } from './summary.ts';

const MEANINGS: Readonly<Record<Status, string>> = {
  updated: 'delivered',
  created: 'new contacts made',
  unchanged: 'nothing differs, not sent',
  skipped: 'nothing to send',
  superseded: 'a later row already delivered these fields',
  planned: 'would have been sent (dry run)',
  invalid: 'refused before sending',
  rejected: 'refused by the API',
  failed: 'no settling answer in any attempt',
};
const REASONS: Readonly<Record<SkipReason, string>> = {
  empty: MEANINGS.skipped,
  only: 'left out by `only`',
  missing: 'no such contact',
  blank: 'blank',
  header: 'the header once more',
  edited: 'edited since, kept',
  newer: 'written by a later run, kept',
  not_reversible: 'cannot be taken back',
};
const MAX_CAUSES_SHOWN = 10;
const MAX_FIELDS_SHOWN = 20;

/** The summary as a person reads it, for a terminal `columns` wide; commands are never broken. */
export function summaryText(summary: Summary, columns = Number.POSITIVE_INFINITY): string {
  const lines = [headline(summary), ''];
  const width = Math.max(String(summary.rows_read).length, 6);
  const count = (label: string, n: number, meaning: string): void => {
    lines.push(`  ${label.padEnd(11)}${n.toLocaleString('en-US').padStart(width + 2)}   ${meaning}`);
  };
  for (const status of STATUSES) {
    if (summary.statuses[status] > 0) count(status, summary.statuses[status], meaningOf(status, summary));
  }
  if (summary.pending > 0) count('pending', summary.pending, 'no outcome yet; --resume does them');
  const none = summary.stopped
    ? 'stopped before the first'
    : `the ${summary.shard ? 'shard' : 'input'} has no rows`;
  count('rows read', summary.rows_read, summary.rows_read === 0 ? none : '= the sum of the above');
  if (summary.unread) lines.push(`  about ${unreadText(summary.unread)} of the input was not read`);
  if (summary.missing) {
    lines.push(
      `  rows without a contact are listed in ${summary.missing.map(({ file }) => file).join(', ')}`,
    );
  }
  if (summary.last_pull !== undefined) lines.push(pullLine(summary.last_pull, summary.ended_at));
  if (summary.accept_bad_rows && badRows(summary) > 0)
    lines.push(toleranceLine(summary, summary.accept_bad_rows));
  lines.push('');
  if (summary.requests > 0) lines.push(...requestLines(summary));
  if (summary.statuses.unchanged > 0 && !summary.dry_run) {
    lines.push(`  ${plural(summary.statuses.unchanged, 'row')} unchanged: no write was needed`);
  }
  if (summary.forecast) lines.push(...planLines(summary, summary.forecast));
  for (const [path, rows] of Object.entries(summary.conflicts)) {
    lines.push(
      `  conflict: ${path} in ${plural(rows, 'row')}: changed in LiveDesk and in the input since the last run`,
    );
  }
  for (const [path, rows] of Object.entries(summary.not_applied)) {
    lines.push(`  not applied: ${path} in ${plural(rows, 'row')}: accepted, but the answer does not show it`);
  }
  if (summary.dropped_fields > 0) {
    lines.push(`  ${plural(summary.dropped_fields, 'invalid field')} left out of rows that were sent`);
  }
  if (summary.undo) lines.push('', ...undoLines(summary.undo));
  if (summary.causes.length > 0) lines.push('', 'Why rows ended badly:', ...causeLines(summary));
  if (summary.causes.length > 0 && summary.warnings.length + (summary.probed?.length ?? 0) > 0)
    lines.push('');
  for (const warning of summary.warnings) lines.push(`  note: ${warning}`);
  for (const found of summary.probed ?? []) lines.push(`  probe: ${found}`);
  if (summary.stopped) lines.push('', `Stopped early: ${summary.stopped.message} (${summary.stopped.code})`);
  lines.push('');
  const told = lines.flatMap((line) => wrapLine(line, columns));
  told.push(`Results: ${summary.run_dir}/results.jsonl`);
  if (summary.next) told.push(`Next:    ${summary.next}`);
  if (summary.undo?.again !== undefined) {
    told.push(`The same input sends all of that again: ${summary.undo.again}`);
  }
  return `${told.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

/** `12 bad rows`, or, where that is known, `12 bad rows, 2 of them new`. */
export function badRowsText(summary: Summary): string {
  const bad = badRows(summary);
  return bad === 0 ? 'no bad rows' : `${plural(bad, 'bad row')}${newOf(summary)}`;
}

/** Why rows were skipped, in words: `no such contact`, or, where there are several reasons, `3 no such contact, 1 blank`. */
export function skipText(reasons: NonNullable<Summary['skip_reasons']>): string {
  const why = SKIP_REASONS.filter((reason) => reasons[reason] !== undefined);
  const [only] = why;
  if (only !== undefined && why.length === 1) return REASONS[only];
  return why.map((reason) => `${reasons[reason]?.toLocaleString('en-US')} ${REASONS[reason]}`).join(', ');
}

/** `28 pages of the list`, and what those did not show. */
export function readingText({ list_requests: pages, single_reads: singles }: ListReading): string {
  const others = singles === 0 ? '' : `; ${plural(singles, 'contact')} not shown there, by a request each`;
  return `${plural(pages, 'page')} of the list${others}`;
}

/** `62 %`; what is left is never nothing. */
export function unreadText({ bytes, of_bytes: all }: NonNullable<Summary['unread']>): string {
  return `${Math.min(100, Math.max(1, Math.round((100 * bytes) / all)))} %`;
}

// --- internal ---

function meaningOf(status: Status, summary: Summary): string {
  const { skip_reasons: reasons = {} } = summary;
  if (summary.command === 'plan' && status === 'planned') return 'would be sent';
  if (summary.command === 'check' && status === 'planned') return 'still to be sent';
  if (summary.command === 'check' && status === 'unchanged') return 'as planned';
  const why = status === 'skipped' ? SKIP_REASONS.filter((reason) => reasons[reason] !== undefined) : [];
  return why.length > 0 ? skipText(reasons) : MEANINGS[status];
}

function badRows({ statuses: { invalid, rejected, failed } }: Summary): number {
  return invalid + rejected + failed;
}

function newOf(summary: Summary): string {
  const { new_bad_rows: fresh } = summary;
  if (fresh === undefined) return '';
  if (badRows(summary) === 1) return fresh === 1 ? ', which is new' : ', known from before';
  return fresh === 0 ? ', none of them new' : `, ${fresh.toLocaleString('en-US')} of them new`;
}

function headline(summary: Summary): string {
  const bad = badRows(summary);
  const parts = [summary.job, summary.shard && `shard ${shardText(summary.shard)}`].filter(Boolean);
  const of = parts.length > 0 ? ` of ${parts.join(', ')}` : '';
  const what = `${nameOf(summary)}${of}`;
  const took = `in ${durationText(summary.duration_s)}`;
  if (summary.stopped) return `${what} stopped early, ${took}`;
  if (bad > 0 && summary.accept_bad_rows?.met) {
    return `${what} complete with ${plural(bad, 'accepted bad row')}${newOf(summary)}, ${took}`;
  }
  return bad === 0 ? `${what} complete, ${took}` : `${what} finished with ${badRowsText(summary)}, ${took}`;
}

const BUCKETS: Readonly<Record<keyof UndoneFields, string>> = {
  reversed: 'as before the run',
  already: 'were so already',
  planned: 'would go back where the contact still holds what the run wrote (dry run)',
  edited: 'changed by others since, kept',
  newer: 'sent or confirmed by a later run, kept',
  not_reversible: 'kept',
  failed: 'the contact could not be written',
  pending: 'no outcome yet',
};

const WHY: Readonly<Record<Irreversible, string>> = {
  not_shown: 'the API did not show the old or the present value',
  inexact: 'the old value is a number of too many digits',
  not_settable: 'the API does not take the old value',
};

/** Why fields cannot be taken back; where there are several reasons, how many for each. */
function irreversibleText(irreversible: UndoSummary['irreversible']): string {
  const why = IRREVERSIBLE.filter((reason) => irreversible[reason] > 0);
  const [only] = why;
  if (only !== undefined && why.length === 1) return WHY[only];
  return why.map((reason) => `${irreversible[reason].toLocaleString('en-US')} ${WHY[reason]}`).join(', ');
}

function undoLines({
  run_dir,
  contacts,
  fields,
  irreversible,
  emptied,
  created,
  unfinished,
}: UndoSummary): string[] {
  const all = Object.values(fields).reduce((sum, n) => sum + n, 0);
  const width = Math.max(String(all).length, 6);
  const counts = Object.entries(BUCKETS).flatMap(([bucket, meaning]) => {
    const n = fields[bucket as keyof UndoneFields];
    const label = bucket.replace('_', ' ');
    const why = bucket === 'not_reversible' ? `: ${irreversibleText(irreversible)}` : '';
    return n === 0
      ? []
      : [`  ${label.padEnd(14)}${n.toLocaleString('en-US').padStart(width)}   ${meaning}${why}`];
  });
  const ids = created.ids.join(', ') + (created.contacts > created.ids.length ? ', ...' : '');
  return [
    `Of ${plural(all, 'field')} in ${plural(contacts, 'contact')} that ${run_dir} changed:`,
    ...counts,
    ...(emptied > 0
      ? [`  ${plural(emptied, 'field')} that did not exist before are empty now: the API cannot remove them`]
      : []),
    ...(created.contacts > 0
      ? [`  ${plural(created.contacts, 'contact')} made by that run stay, since the API deletes none: ${ids}`]
      : []),
    ...(unfinished ? ['  that run is unfinished: to go on with it would send its other rows'] : []),
  ];
}

function nameOf({ command, dry_run: isDry }: Summary): string {
  if (command === 'plan') return 'Plan';
  if (command === 'check') return 'Check of the plan';
  if (command === 'undo' && !isDry) return 'Undo';
  return isDry ? 'Dry run' : 'Sync';
}

function pullLine(lastPull: string | null, endedAt: string): string {
  if (lastPull === null) return '  contacts were looked up in the account: the state has no complete pull';
  const age = ageText(Date.parse(endedAt) - Date.parse(lastPull));
  return `  contacts are known from the pull of ${lastPull.slice(0, 16).replace('T', ' ')} UTC, ${age} before the end`;
}

function toleranceLine(
  { statuses: { invalid, rejected, failed } }: Summary,
  { given, allowed }: AcceptedBadRows,
): string {
  if (failed > 0)
    return `  ${plural(failed, 'failed row')}: --accept-bad-rows ${given} accepts none that failed`;
  if (allowed === undefined) return `  --accept-bad-rows ${given} is judged where the shards are merged`;
  const of = given.endsWith('%') ? `${given}, ${allowed.toLocaleString('en-US')}` : given;
  return `  ${plural(invalid + rejected, 'bad row')}; --accept-bad-rows accepts ${of}`;
}

/** What a dry run found to change, the commonest fields first. */
function planLines(summary: Summary, forecast: NonNullable<Summary['forecast']>): string[] {
  const fields = Object.entries(summary.changes).sort((a, b) => b[1] - a[1]);
  const shown = fields.slice(0, MAX_FIELDS_SHOWN);
  const width = Math.max(40, ...shown.map(([path]) => path.length));
  const lines = shown.map(([path, rows]) => `  ${path.padEnd(width)} ${plural(rows, 'row').padStart(12)}`);
  if (fields.length > MAX_FIELDS_SHOWN) lines.push(`  and ${fields.length - MAX_FIELDS_SHOWN} other fields`);
  const rate = summary.rate.allowed === null ? '' : `, ${forecast.minutes} min at ${summary.rate.allowed}/s`;
  const reads = forecast.reads ? ` (${forecast.reads} to read contacts before they are written)` : '';
  return ['Would send:', ...lines, `  ${plural(forecast.requests, 'request')}${reads}${rate}`];
}

function requestLines(summary: Summary): string[] {
  const { latency_ms: latency, rate } = summary;
  const more = [
    summary.retries > 0 ? plural(summary.retries, 'retry', 'retries') : '',
    summary.throttled > 0 ? `${summary.throttled.toLocaleString('en-US')} throttled` : '',
  ].filter((part) => part !== '');
  const allowed = rate.allowed === null ? 'unlimited' : `${rate.allowed}/s allowed`;
  const held = rate.held_back_by === null ? '' : `, held back by ${HELD_BACK[rate.held_back_by]}`;
  return [
    `  ${plural(summary.requests, 'request')}${more.length > 0 ? ` (${more.join(', ')})` : ''}`,
    ...(summary.reading ? [`  contacts were read by ${readingText(summary.reading)}`] : []),
    `  ${rate.achieved.toFixed(1)}/s of ${allowed}${held}`,
    ...(rate.found ? [foundLine(rate.found)] : []),
    `  latency p50 ${latency.p50} ms, p95 ${latency.p95} ms, p99 ${latency.p99} ms, max ${latency.max} ms`,
  ];
}

function foundLine({ limit, window_s, phase }: NonNullable<Summary['rate']['found']>): string {
  if (limit === null) return `  found: no limit; the rate was ${phase} at the end`;
  const window = window_s === null ? '' : `, counted in windows of ${window_s} s`;
  return `  found: the API lets ${limit}/s through${window}; remembered for the next run`;
}

const HELD_BACK: Readonly<Record<string, string>> = {
  rate: 'the rate',
  concurrency: 'the concurrency',
  lookups: 'looking contacts up (--search-rate)',
  server: 'the server',
  input: 'the input',
  cpu: 'the processor',
};

function causeLines(summary: Summary): string[] {
  const shown = summary.causes.slice(0, MAX_CAUSES_SHOWN);
  const lines = shown.flatMap(({ code, message, column, count, example }) => {
    const where = `${example.input === undefined ? '' : `input ${example.input + 1}, `}row ${example.row}, line ${example.line}`;
    const of = column === undefined ? '' : `, column ${JSON.stringify(column)}`;
    return [`  ${count.toLocaleString('en-US')} x ${code}: ${message}`, `      e.g. ${where}${of}`];
  });
  const rest = summary.causes.length - shown.length;
  if (rest > 0) lines.push(`  and ${plural(rest, 'other cause')}, in summary.json`);
  return lines;
}

/** A line of at most `columns`, broken between words; what follows is set in below what it belongs to. */
function wrapLine(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const indent = ' '.repeat(Math.min(6, line.search(/\S/) + 4));
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(' ', columns);
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest];
}

/** `1 row`, `1,234 rows`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}
