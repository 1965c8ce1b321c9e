import { plural, unreadText } from '../../journal/summary-text.ts';
import type { Report } from './report-model.ts';

/** A share of the rows, as a person who is not technical would divide them. */
export interface RowShare {
  readonly label: string;
  readonly rows: number;
  /** Custom property of the page. */
  readonly colour: string;
  /** The character of a bar of text. */
  readonly mark: string;
}

/** How many rows stand how; they add up to `all`. */
export interface Standing {
  /** Rows that are data, those without an outcome included. */
  readonly all: number;
  readonly upToDate: number;
  /** Those among them that were bad until a retry. */
  readonly repaired: number;
  /** Dry run: rows that would be sent. */
  readonly planned: number;
  /** Rows that ended badly and that no retry has repaired. */
  readonly bad: number;
  readonly missing: number;
  /** Rows that have nothing to send, or that the mapping leaves out. */
  readonly leftOut: number;
  readonly pending: number;
}

export function standingOf({
  statuses,
  skip_reasons: reasons = {},
  bad,
  ending,
  repaired,
}: Report): Standing {
  const { updated, created, unchanged, superseded, planned, skipped } = statuses;
  const noData = (reasons.blank ?? 0) + (reasons.header ?? 0);
  const missing = reasons.missing ?? 0;
  const good = repaired?.rows ?? 0;
  const pending = ending?.pending ?? 0;
  const upToDate = updated + created + unchanged + superseded + good;
  const leftOut = skipped - noData - missing;
  const all = upToDate + planned + (bad - good) + missing + leftOut + pending;
  return { all, upToDate, repaired: good, planned, bad: bad - good, missing, leftOut, pending };
}

/** The shares that are not empty. */
export function sharesOf({ upToDate, planned, bad, missing, leftOut, pending }: Standing): RowShare[] {
  const shares: RowShare[] = [
    { label: 'up to date', rows: upToDate, colour: 'good', mark: '█' },
    { label: 'would be sent', rows: planned, colour: 'planned', mark: '▓' },
    { label: 'need a person', rows: bad, colour: 'rejected', mark: '×' },
    { label: 'not in LiveDesk', rows: missing, colour: 'invalid', mark: '?' },
    { label: 'nothing to send', rows: leftOut, colour: 'unchanged', mark: '·' },
    { label: 'still to be done', rows: pending, colour: 'pending', mark: '░' },
  ];
  return shares.filter(({ rows }) => rows > 0);
}

/** What became of the run in one sentence for a person who is not technical. */
export function plainSentence(report: Report): string {
  const { state, run } = report;
  const standing = standingOf(report);
  const { all, upToDate, repaired, planned, bad, missing, leftOut, pending } = standing;
  const opening =
    state === 'unfinished' ? 'So far: ' : state === 'stopped' ? 'The run stopped before its end: ' : '';
  if (all === 0) {
    if (state === 'finished') return 'The input had no rows.';
    return state === 'unfinished'
      ? 'No row has an outcome yet.'
      : 'The run stopped before its first row; nothing was sent.';
  }
  const of =
    upToDate === all && all > 1
      ? `all ${count(all)} rows are`
      : `${count(upToDate)} of ${plural(all, 'row')} ${upToDate === 1 ? 'is' : 'are'}`;
  const done = `${of} up to date in LiveDesk${repaired > 0 ? `, ${count(repaired)} of them since a retry` : ''}`;
  const would = `${count(planned)} of ${plural(all, 'row')} would be sent`;
  const parts = [
    run.dry_run
      ? `this was a rehearsal, nothing was sent: ${would}${upToDate > 0 ? `, ${count(upToDate)} need no change` : ''}`
      : done,
    bad > 0 ? `${plural(bad, 'row needs', 'rows need')} a person${freshOf(report, standing)}` : '',
    missing > 0 ? `${count(missing)} ${missing === 1 ? 'is' : 'are'} not in LiveDesk` : '',
    leftOut > 0 ? `${count(leftOut)} ${leftOut === 1 ? 'has' : 'have'} nothing to send` : '',
    pending > 0 ? `${count(pending)} ${pending === 1 ? 'is' : 'are'} still to be done` : '',
    report.ending?.unread ? `about ${unreadText(report.ending.unread)} of the file was not read` : '',
  ].filter((part) => part !== '');
  const text = `${opening}${parts.join('; ')}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `, 2 of them new`, where that is known; once a retry has repaired rows, it is known of all together only. */
export function freshOf({ ending }: Report, { bad, repaired }: Standing): string {
  const fresh = ending?.new_bad_rows;
  if (fresh === undefined || repaired > 0) return '';
  if (bad === 1) return fresh === 1 ? ' and is new' : ', as the night before';
  return fresh === 0 ? ', none of them new' : `, ${count(fresh)} of them new`;
}

/** The shares as so many cells of text; each that has a row has a cell. */
export function textBar(shares: readonly RowShare[], cells = 40): string {
  const all = shares.reduce((sum, { rows }) => sum + rows, 0);
  const widths = shares.map(({ rows }) => Math.max(1, Math.floor((cells * rows) / all)));
  const rest = cells - widths.reduce((sum, width) => sum + width, 0);
  const largest = shares.findIndex(({ rows }) => rows === Math.max(...shares.map((share) => share.rows)));
  return shares
    .map(({ mark }, i) => mark.repeat(Math.max(1, (widths[i] ?? 0) + (i === largest ? rest : 0))))
    .join('');
}

// --- internal ---

function count(value: number): string {
  return value.toLocaleString('en-US');
}
