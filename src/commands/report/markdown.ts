import { durationText } from '../../core/duration-text.ts';
import { STATUSES } from '../../core/types.ts';
import { count, headline, ms, share, statusText } from './format.ts';
import type { Report } from './report-model.ts';

/** Causes and fields that are listed; the page has the rest. */
const MAX_LISTED = 20;

/** A report as GitHub-flavoured Markdown, for a pull request or the summary of a CI job. */
export function markdown(report: Report): string {
  const { ending, statuses, rows, row_time_ms: times } = report;
  const lines = [
    `### ${plain(headline(report))}`,
    '',
    `\`${code(report.run.dir)}\`, from ${report.run.started_at}`,
    '',
    '| status | rows | share |',
    '|---|--:|--:|',
    ...STATUSES.filter((name) => statuses[name] > 0).map(
      (name) =>
        `| ${plain(statusText(name, report))} | ${count(statuses[name])} | ${share(statuses[name], rows)} |`,
    ),
    ...(ending?.pending ? [`| pending | ${count(ending.pending)} | |`] : []),
    `| **all** | **${count(rows + (ending?.pending ?? 0))}** | |`,
  ];
  if (ending && ending.requests > 0) {
    const { requests, retries, throttled, rate } = ending;
    lines.push(
      '',
      `${count(requests)} requests, ${count(retries)} retries, ${count(throttled)} throttled; ` +
        `${rate.achieved}/s of ${rate.allowed === null ? 'unlimited' : `${rate.allowed}/s`} in ${durationText(ending.duration_s)}.`,
    );
  }
  if (report.next !== undefined) {
    const when = report.state === 'unfinished' ? ', if no process works on it any more' : '';
    const ways = report.next.split('\n').map((way) => `- ${plain(way.trim())}`);
    lines.push('', `**Next${when}:**`, '', ...ways);
  }
  if (times)
    lines.push('', `Time per row: p50 ${ms(times.p50)}, p95 ${ms(times.p95)}, p99 ${ms(times.p99)}.`);
  if (report.causes.length > 0) {
    lines.push('', '#### Why rows ended badly', '', '| rows | cause | first row |', '|--:|---|---|');
    for (const cause of report.causes.slice(0, MAX_LISTED)) {
      const first = cause.examples[0];
      const where = first ? `row ${first.row}, line ${first.line}` : '';
      lines.push(`| ${count(cause.count)} | \`${code(cause.code)}\` ${plain(cause.message)} | ${where} |`);
    }
    if (report.causes.length > MAX_LISTED)
      lines.push('', `and ${report.causes.length - MAX_LISTED} more causes`);
  }
  const fields = Object.entries(report.fields).slice(0, MAX_LISTED);
  if (fields.length > 0) {
    lines.push('', '#### Fields', '', '| field | rows | not applied | conflicts |', '|---|--:|--:|--:|');
    for (const [name, rowsOf] of fields) {
      const others = [report.not_applied[name], report.conflicts[name]].map((value) => count(value ?? 0));
      lines.push(`| ${plain(name)} | ${count(rowsOf)} | ${others.join(' | ')} |`);
    }
  }
  if (report.earlier_runs.length > 0) {
    lines.push('', '#### Earlier runs', '', '| began | rows | bad | time |', '|---|--:|--:|--:|');
    for (const { started_at, rows: its, bad, duration_s } of report.earlier_runs) {
      lines.push(`| ${started_at} | ${count(its)} | ${count(bad)} | ${durationText(duration_s)} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

// --- internal ---

/** Text that is no markup, in a table cell. */
function plain(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~@#!>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Text inside back quotes, in a table cell. */
function code(text: string): string {
  return text.replace(/[`\r\n]/g, ' ').replace(/\|/g, '\\|');
}
