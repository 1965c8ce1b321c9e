import { plural } from '../../journal/summary-text.ts';
import { count, plainMarkdown } from './format.ts';
import type { JobNights, Night, NightsReport } from './nights-model.ts';

/** How the nights went, in one sentence for a person who is not technical. */
export function nightsSentence({ nights }: JobNights): string {
  const good = nights.filter(({ is_good }) => is_good).length;
  const last = nights.at(-1);
  const all =
    good === nights.length
      ? nights.length === 1
        ? 'The only night went well'
        : `All ${count(nights.length)} nights went well`
      : `${count(good)} of ${plural(nights.length, 'night')} went well`;
  return last === undefined ? 'No night yet.' : `${all}; the last one: ${lastText(last)}.`;
}

/** `2026-11-22`, with the time of day where nights share a date. */
export function nightLabels(nights: readonly Night[]): string[] {
  const days = nights.map(({ started_at }) => started_at.slice(0, 10));
  const isOnce = new Set(days).size === days.length;
  return nights.map(({ started_at: at }) => (isOnce ? at.slice(0, 10) : at.slice(0, 16).replace('T', ' ')));
}

/** The nights as GitHub-flavoured Markdown. */
export function nightsMarkdown({ jobs }: NightsReport): string {
  if (jobs.length === 0) return 'No runs.\n';
  const lines = jobs.flatMap((job) => [
    `### ${plainMarkdown(job.job)}`,
    '',
    nightsSentence(job),
    '',
    '| began (UTC) | how it ended | rows | bad | new | minutes | requests/s |',
    '|---|---|--:|--:|--:|--:|--:|',
    ...[...job.nights].reverse().map((night) => {
      const { started_at: at, rows, bad_rows, new_bad_rows, minutes, rate } = night;
      const figures = [rows, bad_rows, new_bad_rows, minutes, rate].map((value) =>
        value === null ? '' : count(value),
      );
      return `| ${at.slice(0, 16).replace('T', ' ')} | ${plainMarkdown(standingText(night))} | ${figures.join(' | ')} |`;
    }),
    '',
  ]);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** How a night stands, and what came after. */
export function standingText({ state, pending, retried_by: retry }: Night): string {
  const left = pending > 0 ? `, ${plural(pending, 'row')} pending` : '';
  return `${state}${left}${retry === null ? '' : `, retried by ${retry}`}`;
}

// --- internal ---

function lastText(night: Night): string {
  const { rows, bad_rows: bad, new_bad_rows: fresh, state, is_good } = night;
  const how = is_good || state === 'bad rows' ? '' : `${standingText(night)}; `;
  const news = bad > 0 && fresh !== null ? `, ${fresh === 0 ? 'none' : count(fresh)} of them new` : '';
  return `${how}${plural(rows, 'row')}, ${bad === 0 ? 'no bad rows' : `${plural(bad, 'bad row')}${news}`}`;
}
