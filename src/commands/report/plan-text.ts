import type { PlanHeader } from '../../journal/change-line.ts';
import { plural, readingText } from '../../journal/summary-text.ts';
import { count, plainMarkdown, time } from './format.ts';
import type { PlanReport } from './plan-model.ts';

/** Changed fields that Markdown lists; the page has all. */
const MAX_LISTED = 50;

/** What a plan would do, in one sentence for a person who is not technical. */
export function planSentence({ contacts, rows }: PlanHeader): string {
  const bad = (rows.invalid ?? 0) + (rows.rejected ?? 0) + (rows.failed ?? 0);
  const what =
    contacts === 0
      ? 'Nothing would change in LiveDesk'
      : `${plural(contacts, 'contact')} would change in LiveDesk; nothing was sent yet`;
  return bad === 0
    ? `${what}.`
    : `${what}. ${plural(bad, 'row')} cannot be sent and ${bad === 1 ? 'needs' : 'need'} a person.`;
}

/** What applying takes: `20,000 requests, 33.3 min at 10/s`. */
export function effortText({ requests: { rate, apply } }: PlanHeader): string {
  const pace = rate === null ? '' : `, ${count(apply.minutes)} min at ${count(rate)}/s`;
  return `${plural(apply.requests, 'request')}${pace}`;
}

/** What the input was compared with, in words. */
export function comparedText({ compared_with: what, requests: { plan } }: PlanHeader): string {
  const { list_requests, single_reads } = plan;
  const isListed = list_requests !== undefined && single_reads !== undefined;
  const how = isListed ? `, by ${readingText({ list_requests, single_reads })}` : '';
  return what === 'state'
    ? `rows that the state knows to be unchanged were not read; every other contact was${how}`
    : `every contact of the input was read${how}`;
}

/** A plan as GitHub-flavoured Markdown, for a pull request or a mail. */
export function planMarkdown({ file, header, contacts, next }: PlanReport): string {
  const lines = [
    `### ${plainMarkdown(planSentence(header))}`,
    '',
    `${plainMarkdown(file)}, made ${time(header.created_at)} for account ${plainMarkdown(header.account)} at ${plainMarkdown(header.base_url)}; ${comparedText(header)}. To apply it takes ${effortText(header)}.`,
    '',
  ];
  const fields = Object.entries(header.fields);
  if (fields.length > 0) {
    lines.push('| field | contacts |', '|---|--:|');
    for (const [path, of] of fields.slice(0, MAX_LISTED))
      lines.push(`| ${plainMarkdown(path)} | ${count(of)} |`);
    lines.push(
      '',
      '#### What would change',
      '',
      '| contact | field | now | then | rows |',
      '|--:|---|---|---|---|',
    );
    const first = contacts.flatMap((contact) => contact.fields.map((field) => ({ contact, field })));
    for (const { contact, field } of first.slice(0, MAX_LISTED)) {
      const values = [field.from, field.to].map((value) =>
        value === null ? '*nothing*' : plainMarkdown(value),
      );
      lines.push(
        `| ${contact.contact} | ${plainMarkdown(field.path)} | ${values.join(' | ')} | ${plainMarkdown(contact.rows)} |`,
      );
    }
    const rest = fields.reduce((sum, [, of]) => sum + of, 0) - MAX_LISTED;
    if (rest > 0)
      lines.push('', `and ${plural(rest, 'other field')}, in ${plainMarkdown(file)} and on its page`);
    lines.push('');
  }
  if (next.length > 0) lines.push('#### What to do next', '');
  for (const { words, command } of next)
    lines.push(`${plainMarkdown(words)}:`, '', '~~~~sh', command, '~~~~', '');
  return `${lines.join('\n').trimEnd()}\n`;
}
