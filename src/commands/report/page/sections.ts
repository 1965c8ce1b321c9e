import { stepsOf } from '../../../core/command-text.ts';
import { durationText } from '../../../core/duration-text.ts';
import { STATUSES } from '../../../core/types.ts';
import { plural } from '../../../journal/summary-text.ts';
import { count, ms, share, statusText, time } from '../format.ts';
import type { Report, ReportCause } from '../report-model.ts';
import { plainSentence, sharesOf, standingOf } from '../standing.ts';
import { escapeHtml } from './escape.ts';

/** What became of the run, for a person who is not technical: a sentence, the shares of the rows, and which run it was. */
export function head(report: Report): string {
  const { run, ending, repaired, state } = report;
  const facts = [
    `${run.dry_run ? 'Dry run' : run.retry_of === undefined ? 'Sync' : 'Retry'}${run.job === undefined ? '' : ` of ${escapeHtml(run.job)}`}`,
    time(run.started_at),
    ending ? durationText(ending.duration_s) : '',
    run.shard ? `shard ${escapeHtml(run.shard)}` : '',
    ending?.accept_bad_rows?.met && report.bad > 0
      ? `${plural(report.bad, 'bad row')} accepted (--accept-bad-rows ${escapeHtml(ending.accept_bad_rows.given)})`
      : '',
    state === 'unfinished' ? `unfinished as of ${time(report.as_of)}` : '',
  ].filter(Boolean);
  const notes = [
    run.retry_of === undefined
      ? ''
      : `This run sent the bad rows of <code>${escapeHtml(run.retry_of)}</code> again.`,
    ...(repaired?.runs ?? []).map(
      ({ name, rows, good }) =>
        `Retried by <code>${escapeHtml(name)}</code>: ${count(good)} of ${plural(rows, 'row')} ${good === 1 ? 'is' : 'are'} good now.`,
    ),
    ending?.stopped ? `${escapeHtml(ending.stopped.message)} (${escapeHtml(ending.stopped.code)})` : '',
    ...(ending?.warnings ?? []).map(escapeHtml),
  ].filter(Boolean);
  return [
    `<h1>${escapeHtml(plainSentence(report))}</h1>`,
    shareBar(report),
    `<p class="muted">${facts.join(' · ')}</p>`,
    ...notes.map((note) => `<p class="note">${note}</p>`),
  ].join('\n');
}

/** What to type next, each command in a block of its own; of a run that may go on still, when it is the one to take. */
export function nextOf({ next, state }: Report): string {
  if (next === undefined) return '';
  const when = state === 'unfinished' ? ', if no process works on it any more' : '';
  const steps = stepsOf(next).map(
    ({ words, command }) =>
      `${words === undefined ? '' : `<p>${escapeHtml(words.charAt(0).toUpperCase() + words.slice(1))}:</p>`}` +
      `${command === undefined ? '' : `<pre class="command"><code>${escapeHtml(command)}</code></pre>`}`,
  );
  return `<section class="next" aria-labelledby="next"><h2 id="next">What to do next${when}</h2>\n${steps.join('\n')}</section>`;
}

/** Where the rows came from and went to. */
export function origin({ run }: Report): string {
  const inputs = run.inputs.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ');
  const shards = run.shards
    ? `; joined from ${run.shards} shards; pauses and throttling are told by each shard's own report`
    : '';
  return `<p class="muted">${inputs} to <code>${escapeHtml(run.base_url)}</code>, account <code>${escapeHtml(run.account)}</code>${shards}</p>`;
}

/** The figures a reader looks for first. */
export function figures(report: Report): string {
  const { rows, bad, statuses, ending, run, row_time_ms: times, allowed, stints: all } = report;
  const cells: string[] = [];
  const add = (term: string, value: string, more = '') =>
    cells.push(`<div><dt>${term}</dt><dd>${value}${more ? `<small>${more}</small>` : ''}</dd></div>`);
  add('rows with an outcome', count(rows), ending?.pending ? `${count(ending.pending)} pending` : '');
  add('bad rows', count(bad), bad > 0 ? share(bad, rows) : '');
  if (ending && !run.dry_run) {
    const whose = all.length > 1 ? ', last process' : '';
    add(
      `requests${whose}`,
      count(ending.requests),
      `${count(ending.retries)} retries, ${count(ending.throttled)} throttled`,
    );
    const limit = allowed === null ? 'no limit' : `of ${count(allowed ?? 0)}/s allowed`;
    const held = ending.rate.held_back_by;
    add(
      'rate',
      `${count(ending.rate.achieved)}/s`,
      `${limit}${held ? `; held back by ${escapeHtml(held)}` : ''}`,
    );
  }
  if (times) add('time per row, median', ms(times.p50), `95 % within ${ms(times.p95)}`);
  if (ending) add(all.length > 1 ? 'time, last process' : 'time', durationText(ending.duration_s));
  const lines = STATUSES.filter((status) => statuses[status] > 0).map(
    (status) =>
      `<tr><th scope="row"><span class="swatch" style="background:var(--${status})"></span>${statusText(status, report)}</th>` +
      `<td class="n">${count(statuses[status])}</td><td class="n">${share(statuses[status], rows)}</td>${bar(statuses[status], rows, status)}</tr>`,
  );
  const table =
    lines.length === 0
      ? ''
      : `<h2>Outcomes of all rows</h2>\n<table><thead><tr><th scope="col">status</th><th scope="col" class="n">rows</th>` +
        `<th scope="col" class="n">share</th><td class="wide"></td></tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
  return `<dl>${cells.join('')}</dl>\n${table}`;
}

/** What needs a person: each cause with some of its rows, new ones first. */
export function causes(report: Report): string {
  const { causes: all } = report;
  if (all.length === 0) return '';
  const { bad, repaired } = standingOf(report);
  const says =
    bad === 0
      ? `${plural(repaired, 'row', 'rows')} ended badly, and a retry has brought all of them to a good end.`
      : `${plural(bad, 'row')}, ${plural(all.filter(isOpen).length, 'cause')}${repaired > 0 ? `; ${count(repaired)} that a retry repaired ${repaired === 1 ? 'is' : 'are'} marked` : ''}. Each lists its first rows; the rejects file has them all.`;
  return [
    '<section aria-labelledby="causes">',
    `<h2 id="causes">${bad === 0 ? 'What a retry repaired' : 'What needs a person'}</h2>`,
    `<p class="says">${says}</p>`,
    '<div class="search"><label for="search">Search causes and rows</label><input id="search" type="search" autocomplete="off">',
    '<span id="found" role="status" class="muted"></span></div>',
    ...all.map(cause),
    '</section>',
  ].join('\n');
}

/** How long rows took. */
export function distribution({ row_times: all }: Report): string {
  const rows = all.reduce((sum, { rows: some }) => sum + some, 0);
  if (rows < 2) return '';
  const most = Math.max(...all.map(({ rows: some }) => some));
  const lines = all.map(
    ({ up_to_ms: edge, rows: some }) =>
      `<tr><th scope="row">${edge === null ? 'longer' : `up to ${ms(edge)}`}</th><td class="n">${count(some)}</td>` +
      `<td class="n">${share(some, rows)}</td>${bar(some, most, 'updated')}</tr>`,
  );
  return section(
    'How long rows took',
    ['time', 'rows', 'share'],
    lines,
    'From a row’s turn to its outcome, retries and waiting included.',
  );
}

/** What was sent, by field, and what did not arrive as sent. */
export function fields({ fields: sent, not_applied: missed, conflicts, run }: Report): string {
  const names = [...new Set([sent, missed, conflicts].flatMap((counts) => Object.keys(counts)))];
  if (names.length === 0) return '';
  const most = Math.max(...names.map((name) => sent[name] ?? 0));
  const lines = names.map(
    (name) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th>${[sent, missed, conflicts]
        .map((counts) => `<td class="n">${counts[name] ? count(counts[name]) : '–'}</td>`)
        .join('')}${bar(sent[name] ?? 0, most, 'updated')}</tr>`,
  );
  const title = run.dry_run ? 'Fields that would be sent' : 'Fields sent';
  return section(title, ['field', 'rows', 'not applied', 'conflicts'], lines);
}

/** When the run was gone on with. */
export function stints({ stints: all }: Report): string {
  if (all.length < 2) return '';
  const lines = all.map(
    ({ began_at, after_s, idle_s }, i) =>
      `<tr><th scope="row">${i === 0 ? 'began' : 'resumed'}</th><td class="when">${time(began_at)}</td>` +
      `<td class="n">${i === 0 ? '–' : durationText(after_s)}</td><td class="n">${i === 0 ? '–' : durationText(idle_s)}</td></tr>`,
  );
  return section('Stops and resumes', ['', 'when', 'after work of', 'nobody worked for'], lines, '', 2);
}

/** Runs of the same mapping before this one. */
export function earlier({ earlier_runs: all, run, rows, bad, ending }: Report): string {
  if (all.length === 0) return '';
  const own = {
    started_at: run.started_at,
    dir: run.dir,
    rows,
    bad,
    requests: ending?.requests,
    duration_s: ending?.duration_s,
  };
  const most = Math.max(rows, ...all.map((other) => other.rows));
  const lines = [...all, own].map(
    (other) =>
      `<tr><th scope="row">${time(other.started_at)}${other === own ? ' (this run)' : ''}<br><code class="muted">${escapeHtml(other.dir)}</code></th>` +
      `<td class="n">${count(other.rows)}</td><td class="n">${count(other.bad)}</td><td class="n">${other.requests === undefined ? '–' : count(other.requests)}</td>` +
      `<td class="n">${other.duration_s === undefined ? '–' : durationText(other.duration_s)}</td>${bar(other.rows, most, 'updated')}</tr>`,
  );
  return section('Runs of the same mapping', ['began', 'rows', 'bad', 'requests', 'time'], lines);
}

// --- internal ---

/** The shares of all rows as one bar with its legend. */
function shareBar(report: Report): string {
  const standing = standingOf(report);
  const shares = sharesOf(standing);
  if (shares.length === 0) return '';
  const parts = shares.map(
    ({ rows, colour }) => `<span style="flex-grow:${rows};background:var(--${colour})"></span>`,
  );
  const legend = shares.map(
    ({ label, rows, colour }) =>
      `<li><span class="swatch" style="background:var(--${colour})"></span><b>${count(rows)}</b> ${label} <span class="muted">${share(rows, standing.all)}</span></li>`,
  );
  return `<div class="shares" aria-hidden="true">${parts.join('')}</div>\n<ul class="legend">${legend.join('')}</ul>`;
}

function isOpen({ count: rows, repaired = 0 }: ReportCause): boolean {
  return rows > repaired;
}

function bar(value: number, most: number, colour: string): string {
  const width = most > 0 ? Math.round((1000 * value) / most) / 10 : 0;
  return `<td class="wide">${value > 0 ? `<span class="bar" style="width:${width}%;background:var(--${colour})"></span>` : ''}</td>`;
}

/** A table under a title. Columns from `from` on are numbers. */
function section(
  title: string,
  columns: readonly string[],
  lines: readonly string[],
  says = '',
  from = 1,
): string {
  const heads = columns.map((name, i) =>
    name === '' ? '<td></td>' : `<th scope="col"${i >= from ? ' class="n"' : ''}>${name}</th>`,
  );
  return [
    `<h2>${title}</h2>`,
    says ? `<p class="says">${says}</p>` : '',
    `<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${heads.join('')}${from === 1 ? '<td class="wide"></td>' : ''}</tr></thead>`,
    `<tbody>${lines.join('\n')}</tbody></table></div>`,
  ].join('\n');
}

function cause({
  code,
  message,
  field,
  column,
  count: rows,
  new: fresh,
  repaired,
  examples,
}: ReportCause): string {
  const where = [field ? `field ${field}` : '', column ? `column ${column}` : ''].filter(Boolean).join(', ');
  const marks = [
    fresh ? `<em class="new">${count(fresh)} new</em>` : '',
    repaired ? `<em class="repaired">${count(repaired)} good now</em>` : '',
  ].join('');
  const cell = (label: string, text: string, more = '') => `<td data-label="${label}"${more}>${text}</td>`;
  const lines = examples.map(
    ({ input, row, line, contact_id: id, status, message: text, at, new: isNew, repaired: isRepaired }) =>
      `<tr><th scope="row" data-label="row">${input === undefined ? '' : `input ${input + 1}, `}${row}</th>` +
      cell('line', String(line), ' class="n"') +
      cell('contact', String(id ?? '–'), ' class="n"') +
      cell('status', `${status}${isNew ? ', new' : ''}${isRepaired ? ', good now' : ''}`) +
      cell('message', escapeHtml(text)) +
      `${cell('when', time(at), ' class="when"')}</tr>`,
  );
  return [
    `<details class="cause"><summary><b>${count(rows)}</b><span><code>${escapeHtml(code)}</code> ${escapeHtml(message)}` +
      `${where ? ` <span class="muted">${escapeHtml(where)}</span>` : ''}${marks}</span></summary>`,
    `<div class="scroll cards" tabindex="0" role="region" aria-label="Rows of ${escapeHtml(code)}"><table><thead><tr><th scope="col">row</th>` +
      '<th scope="col" class="n">line</th><th scope="col" class="n">contact</th><th scope="col">status</th><th scope="col">message</th><th scope="col">when</th></tr></thead>',
    `<tbody>${lines.join('\n')}</tbody></table></div></details>`,
  ].join('\n');
}
