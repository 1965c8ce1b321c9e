import { stepsOf } from '../../core/command-text.ts';
import { durationText } from '../../core/duration-text.ts';
import { STATUSES } from '../../core/types.ts';
import { plural } from '../../journal/summary-text.ts';
import { count, headline, ms, plainMarkdown, share, statusText } from './format.ts';
import type { Report } from './report-model.ts';
import { plainSentence, sharesOf, standingOf, textBar } from './standing.ts';

/** Causes and fields that are listed; the page has the rest. */
const MAX_LISTED = 20;

/** A report as GitHub-flavoured Markdown, for a pull request or the summary of a CI job. */
export function markdown(report: Report): string {
  const shares = sharesOf(standingOf(report));
  const { repaired, run } = report;
  const lines = [`### ${plainMarkdown(plainSentence(report))}`, ''];
  if (shares.length > 0) {
    const legend = shares.map(({ mark, rows, label }) => `\`${mark}\` ${count(rows)} ${label}`);
    lines.push(`\`${textBar(shares)}\``, '', legend.join(', '), '');
  }
  if (run.retry_of !== undefined) lines.push(`Sent the bad rows of \`${code(run.retry_of)}\` again.`, '');
  for (const { name, rows, good } of repaired?.runs ?? []) {
    lines.push(
      `Retried by \`${code(name)}\`: ${count(good)} of ${plural(rows, 'row')} ${good === 1 ? 'is' : 'are'} good now.`,
      '',
    );
  }
  lines.push(...causesOf(report), ...nextOf(report));
  lines.push('<details><summary>Technical details</summary>', '', ...detailsOf(report), '', '</details>');
  return `${lines.join('\n')}\n`;
}

// --- internal ---

function causesOf({ causes }: Report): string[] {
  if (causes.length === 0) return [];
  const hasNew = causes.some(({ new: fresh }) => fresh !== undefined);
  const hasRepaired = causes.some(({ repaired }) => repaired !== undefined);
  const [newHead, newRule] = hasNew ? [' new |', '--:|'] : ['', ''];
  const [goodHead, goodRule] = hasRepaired ? [' good now |', '--:|'] : ['', ''];
  const lines = [
    '#### What needs a person',
    '',
    `| rows |${newHead}${goodHead} cause | first row |`,
    `|--:|${newRule}${goodRule}---|---|`,
  ];
  for (const cause of causes.slice(0, MAX_LISTED)) {
    const first = cause.examples[0];
    const where = first ? `row ${first.row}, line ${first.line}` : '';
    const counts = [
      count(cause.count),
      ...(hasNew ? [count(cause.new ?? 0)] : []),
      ...(hasRepaired ? [count(cause.repaired ?? 0)] : []),
    ];
    lines.push(
      `| ${counts.join(' | ')} | \`${code(cause.code)}\` ${plainMarkdown(cause.message)} | ${where} |`,
    );
  }
  if (causes.length > MAX_LISTED) lines.push('', `and ${causes.length - MAX_LISTED} more causes`);
  return [...lines, ''];
}

/** Each command in a block of its own. */
function nextOf({ next, state }: Report): string[] {
  if (next === undefined) return [];
  const when = state === 'unfinished' ? ', if no process works on it any more' : '';
  const steps = stepsOf(next).flatMap(({ words, command }) => [
    ...(words === undefined ? [] : [`${plainMarkdown(words.charAt(0).toUpperCase() + words.slice(1))}:`, '']),
    // a fence that the command cannot end
    ...(command === undefined ? [] : ['~~~~sh', command.replace(/[\r\n]/g, ' '), '~~~~', '']),
  ]);
  return [`#### What to do next${when}`, '', ...steps];
}

function detailsOf(report: Report): string[] {
  const { ending, statuses, rows, row_time_ms: times } = report;
  const lines = [
    plainMarkdown(headline(report)),
    '',
    `\`${code(report.run.dir)}\`, from ${report.run.started_at}`,
    '',
    '| status | rows | share |',
    '|---|--:|--:|',
    ...STATUSES.filter((name) => statuses[name] > 0).map(
      (name) =>
        `| ${plainMarkdown(statusText(name, report))} | ${count(statuses[name])} | ${share(statuses[name], rows)} |`,
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
  if (times)
    lines.push('', `Time per row: p50 ${ms(times.p50)}, p95 ${ms(times.p95)}, p99 ${ms(times.p99)}.`);
  const fields = Object.entries(report.fields).slice(0, MAX_LISTED);
  if (fields.length > 0) {
    lines.push('', '#### Fields', '', '| field | rows | not applied | conflicts |', '|---|--:|--:|--:|');
    for (const [name, rowsOf] of fields) {
      const others = [report.not_applied[name], report.conflicts[name]].map((value) => count(value ?? 0));
      lines.push(`| ${plainMarkdown(name)} | ${count(rowsOf)} | ${others.join(' | ')} |`);
    }
  }
  if (report.earlier_runs.length > 0) {
    lines.push('', '#### Earlier runs', '', '| began | rows | bad | time |', '|---|--:|--:|--:|');
    for (const { started_at, rows: its, bad, duration_s } of report.earlier_runs) {
      lines.push(`| ${started_at} | ${count(its)} | ${count(bad)} | ${durationText(duration_s)} |`);
    }
  }
  return lines;
}

/** Text inside back quotes, in a table cell. */
function code(text: string): string {
  return text.replace(/[`\r\n]/g, ' ').replace(/\|/g, '\\|');
}
