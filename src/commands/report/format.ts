import { durationText } from '../../core/duration-text.ts';
import type { Status } from '../../core/types.ts';
import { skipText } from '../../journal/summary-text.ts';
import type { Report } from './report-model.ts';

/** `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** `3.4 %`; less than a tenth is not rounded to nothing. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (100 * part) / whole;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(part === whole ? 0 : 1)} %`;
}

/** `84 ms`, `1.2 s`, `3 min 5 s`. */
export function ms(value: number): string {
  return value < 1_000 ? `${count(value)} ms` : durationText(value / 1_000);
}

/** `2026-11-22 02:00:03 UTC`. */
export function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** What became of the run in one sentence. */
export function headline({ state, run, rows, bad, ending, as_of }: Report): string {
  const what = `${run.dry_run ? 'Dry run' : 'Sync'}${run.job === undefined ? '' : ` of ${run.job}`}`;
  const accepted = ending?.accept_bad_rows?.met ? ', accepted' : '';
  const fresh = bad > 0 && ending?.new_bad_rows !== undefined ? `, ${count(ending.new_bad_rows)} new` : '';
  const faults = bad === 0 ? 'no bad rows' : `${bad === 1 ? '1 bad row' : `${count(bad)} bad rows`}${fresh}`;
  const body = rows === 1 ? `one row, ${faults}` : `${count(rows)} rows, ${faults}`;
  if (state === 'unfinished') return `${what} unfinished as of ${time(as_of)}: ${body} so far`;
  if (state === 'stopped') {
    const why = ending?.stopped ? ` (${ending.stopped.code})` : '';
    return `${what} stopped early${why}: ${body}, ${count(ending?.pending ?? 0)} pending`;
  }
  if (rows === 0) return `${what} finished: the input had no rows`;
  return `${what} finished: ${body}${bad > 0 ? accepted : ''}`;
}

/** A status as the table of outcomes names it: of skipped rows with their reasons. */
export function statusText(status: Status, { skip_reasons: reasons }: Report): string {
  return status === 'skipped' && reasons ? `${status}: ${skipText(reasons)}` : status;
}

/** Text that is no markup in Markdown, in a table cell. */
export function plainMarkdown(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~@#!>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
