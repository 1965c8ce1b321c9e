import type { Guard } from '../../../mapping/document.ts';
import type { InputProfile } from '../../job-record.ts';

/**
 * A column of which at least so many percent of the rows had a value, and none has any now, was emptied, however wide the
 * bound is: two healthy nights differ by less.
 */
const EMPTIED_FROM = 7;
/** In JSON lines a key may be absent: one that fewer percent of the rows have says nothing by coming or going. */
const RARE_BELOW = 10;

/** What of an input is too far from the one before, in words with both figures; nothing where the guard lets it pass. */
export function judgeDrift(guard: Guard, before: InputProfile, now: InputProfile): string[] {
  return [
    ...(guard.columns === 'same' ? columnDrift(before, now) : []),
    ...(guard.rows === undefined ? [] : rowDrift(guard.rows, before, now)),
    ...(guard.fill === undefined ? [] : fillDrift(guard.fill, before, now)),
  ];
}

// --- internal ---

function columnDrift(before: InputProfile, now: InputProfile): string[] {
  const counts = (profile: InputProfile, column: string): boolean =>
    !(before.may_lack_keys || now.may_lack_keys) || filled(profile, column) >= RARE_BELOW;
  const gone = before.columns.filter((name) => !now.columns.includes(name) && counts(before, name));
  const fresh = now.columns.filter((name) => !before.columns.includes(name) && counts(now, name));
  return [
    ...gone.map((name) => `column ${JSON.stringify(name)} is gone`),
    ...fresh.map((name) => `column ${JSON.stringify(name)} is new`),
    ...(gone.length + fresh.length > 0
      ? [`${now.columns.length} columns, ${before.columns.length} before (guard: columns same)`]
      : []),
  ];
}

function rowDrift(percent: number, { rows: before }: InputProfile, { rows: now }: InputProfile): string[] {
  if (now >= before * (1 - percent / 100) - 1e-9) return [];
  return [`${count(now)} rows, ${count(before)} before (guard: rows -${percent}%)`];
}

function fillDrift(percent: number, before: InputProfile, now: InputProfile): string[] {
  if (now.rows === 0) return [];
  return Object.keys(before.filled).flatMap((name) => {
    if (!(name in now.filled)) return [];
    const [then, present] = [filled(before, name), filled(now, name)];
    const isEmptied = present === 0 && then >= EMPTIED_FROM;
    if (!isEmptied && then - present <= percent + 1e-9) return [];
    return [
      `column ${JSON.stringify(name)} has a value in ${present.toFixed(1)} % of the rows, ${then.toFixed(1)} % before (guard: fill -${percent}%)`,
    ];
  });
}

/** Percent of the rows with a value in a column. */
function filled({ rows, filled: counts }: InputProfile, column: string): number {
  return rows === 0 ? 0 : (100 * (counts[column] ?? 0)) / rows;
}

function count(rows: number): string {
  return rows.toLocaleString('en-US');
}
