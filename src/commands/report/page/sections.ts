import { durationText } from '../../../core/duration-text.ts';
import { STATUSES } from '../../../core/types.ts';
import { count, headline, ms, share, statusText, time } from '../format.ts';
import type { Report, ReportCause } from '../report-model.ts';
import { escapeHtml } from './escape.ts';

/** What run this is and how it ended. */
export function head(report: Report): string {
  const { run, ending } = report;
  const inputs = run.inputs.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ');
  const parts = [
    run.shard ? `shard ${escapeHtml(run.shard)}` : '',
    run.shards
      ? `joined from ${run.shards} shards; pauses and throttling are told by each shard's own report`
      : '',
  ].filter(Boolean);
  const notes = [
    ending?.stopped ? `${escapeHtml(ending.stopped.code)}: ${escapeHtml(ending.stopped.message)}` : '',
    ...(ending?.warnings ?? []).map(escapeHtml),
  ].filter(Boolean);
  return [
    `<h1>${escapeHtml(headline(report))}</h1>`,
    `<p class="muted">${inputs} to <code>${escapeHtml(run.base_url)}</code>, account <code>${escapeHtml(run.account)}</code>, from ${time(run.started_at)}` +
      `${parts.length > 0 ? `; ${parts.join('; ')}` : ''}</p>`,
    ...notes.map((note) => `<p class="note">${note}</p>`),
    nextOf(report),
  ].join('\n');
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

/** Why rows ended badly, each cause with some of its rows. */
export function causes({ causes: all, bad }: Report): string {
  if (all.length === 0) return '';
  return [
    '<section aria-labelledby="causes">',
    '<h2 id="causes">Why rows ended badly</h2>',
    `<p class="says">${count(bad)} rows, ${count(all.length)} ${all.length === 1 ? 'cause' : 'causes'}. Each lists its first rows; the rejects file has them all.</p>`,
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

/** One way a line; of a run that may go on still, when it is the one to take. */
function nextOf({ next, state }: Report): string {
  if (next === undefined) return '';
  const ways = next.split('\n').map((way) => `<li>${escapeHtml(way.trim())}</li>`);
  const title = state === 'unfinished' ? 'Next, if no process works on it any more' : 'Next';
  return `<p class="next">${title}:</p><ul class="ways">${ways.join('')}</ul>`;
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

function cause({ code, message, field, column, count: rows, examples }: ReportCause): string {
  const where = [field ? `field ${field}` : '', column ? `column ${column}` : ''].filter(Boolean).join(', ');
  const lines = examples.map(
    ({ input, row, line, contact_id: id, status, message: text, at }) =>
      `<tr><th scope="row">${input === undefined ? '' : `input ${input + 1}, `}${row}</th><td class="n">${line}</td>` +
      `<td class="n">${id ?? '–'}</td><td>${status}</td><td>${escapeHtml(text)}</td><td class="when">${time(at)}</td></tr>`,
  );
  return [
    `<details class="cause"><summary><b>${count(rows)}</b><span><code>${escapeHtml(code)}</code> ${escapeHtml(message)}` +
      `${where ? ` <span class="muted">${escapeHtml(where)}</span>` : ''}</span></summary>`,
    `<div class="scroll" tabindex="0" role="region" aria-label="Rows of ${escapeHtml(code)}"><table><thead><tr><th scope="col">row</th>` +
      '<th scope="col" class="n">line</th><th scope="col" class="n">contact</th><th scope="col">status</th><th scope="col">message</th><th scope="col">when</th></tr></thead>',
    `<tbody>${lines.join('\n')}</tbody></table></div></details>`,
  ].join('\n');
}
