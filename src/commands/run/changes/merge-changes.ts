import type { ChangeLine } from '../../../journal/change-line.ts';
import { isSame } from '../stages/decide-changes.ts';

/** Rows of a contact that a line names; of more it says how many. */
export const MAX_ROWS_NAMED = 20;

/**
 * The changes of one contact by all its rows so far as one line: of each field the first `from` and the last `to`. A field
 * that comes back to what it was is left out, but its rows are kept, since what a later row does to it begins there.
 */
export function mergeChanges(before: ChangeLine | undefined, later: ChangeLine): ChangeLine {
  if (!before) return later;
  const fields = { ...before.fields };
  for (const [path, change] of Object.entries(later.fields)) {
    const first = fields[path];
    const merged = first ? { from: first.from, to: change.to } : change;
    if (isSame(path, merged.from, merged.to)) delete fields[path];
    else fields[path] = merged;
  }
  const room = MAX_ROWS_NAMED - before.rows.length;
  const named = later.rows.slice(0, room);
  const more = (before.more_rows ?? 0) + (later.more_rows ?? 0) + later.rows.length - named.length;
  return {
    contact: before.contact,
    fields,
    rows: [...before.rows, ...named],
    ...(more > 0 ? { more_rows: more } : {}),
  };
}
