import { join } from 'node:path';
import type { Host } from '../../../core/host.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { BAD_STATUSES, type Irreversible, KEPT_REASONS } from '../../../core/types.ts';
import { readChangeFile, readChangesHeader } from '../../../journal/change-file.ts';
import type { UndoneHeader, UndoneLine } from '../../../journal/change-line.ts';
import type { RowLine } from '../../../journal/journal-lines.ts';
import { readJournal, readRunLine } from '../../../journal/read-journal.ts';
import { beginCommand } from '../../../journal/run-commands.ts';
import { FILES } from '../../../journal/run-directory.ts';
import type { UndoneFields, UndoSummary } from '../../../journal/summary.ts';

/** What became of the fields that an undo was to put back, over all of its processes, as its file and its journal tell. */
export async function summariseUndo(dir: string, env: Host['env']): Promise<UndoSummary> {
  const path = join(dir, FILES.undo);
  const header = (await readChangesHeader(path)) as UndoneHeader;
  const fields: { -readonly [bucket in keyof UndoneFields]: number } = { ...NONE };
  const contacts: LineFields[] = [];
  for await (const { change } of readChangeFile(path)) contacts.push(fieldsOf(change as UndoneLine));
  const open = new Set(contacts.keys());
  const irreversible = { not_shown: 0, inexact: 0, not_settable: 0 };
  for (const { why } of contacts) for (const reason of why) irreversible[reason] += 1;
  let emptied = 0;
  for await (const { line } of readJournal(dir)) {
    if (line.type !== 'row' || !open.delete(line.row - 1)) continue;
    const of = contacts[line.row - 1];
    if (!of) continue;
    const became = becameOf(of, line);
    for (const bucket of BUCKETS) fields[bucket] += became[bucket];
    irreversible.not_shown += line.kept?.not_reversible?.length ?? 0;
    if (line.status === 'updated') emptied += of.absent.filter((one) => line.fields?.includes(one)).length;
  }
  for (const index of open) {
    const { all = 0, newer = 0, not_reversible = 0 } = contacts[index] ?? {};
    fields.newer += newer;
    fields.not_reversible += not_reversible;
    fields.pending += all - newer - not_reversible;
  }
  const undone = await readRunLine(header.undoes.dir);
  // a canary may have gone on to all rows since; what a retry sends is older than the undo, which puts it back
  const again =
    undone && fields.reversed > 0 && undone.command !== 'undo' && !undone.parent_run
      ? { again: beginCommand({ header: undone, dir: header.undoes.dir, env }, { limit: undefined }) }
      : {};
  return {
    run_id: header.undoes.run_id,
    run_dir: shownPath(header.undoes.dir),
    contacts: contacts.length,
    fields,
    irreversible,
    emptied,
    created: header.created,
    unfinished: header.unfinished,
    ...again,
  };
}

/** What became of the fields of one line, each in exactly one bucket. */
export function becameOf(
  { all, newer, not_reversible }: Pick<LineFields, 'all' | 'newer' | 'not_reversible'>,
  { status, fields = [], kept = {} }: Pick<RowLine, 'status' | 'fields' | 'kept'>,
): UndoneFields {
  const count = Object.fromEntries(KEPT_REASONS.map((reason) => [reason, kept[reason]?.length ?? 0]));
  const { edited = 0, newer: newerNow = 0, not_reversible: hidden = 0 } = count;
  const became = { ...NONE, edited, newer: newer + newerNow, not_reversible: not_reversible + hidden };
  const rest = all - became.edited - became.newer - became.not_reversible;
  if (status === 'planned') return { ...became, planned: rest };
  if (status === 'superseded') return { ...became, newer: became.newer + rest };
  if (BAD_STATUSES.has(status)) return { ...became, failed: rest };
  const reversed = status === 'updated' ? fields.length : 0;
  const already = rest - reversed;
  if (already < 0)
    throw new Error(`fields of an undo do not add up: ${all} to put back, ${reversed} reversed`);
  return { ...became, reversed, already };
}

// --- internal ---

/** How many fields a line has, those that it keeps among them, and which were not there before the run. */
interface LineFields {
  readonly all: number;
  readonly newer: number;
  readonly not_reversible: number;
  readonly absent: readonly string[];
  readonly why: readonly Irreversible[];
}

const NONE: UndoneFields = {
  reversed: 0,
  already: 0,
  edited: 0,
  newer: 0,
  not_reversible: 0,
  failed: 0,
  pending: 0,
  planned: 0,
};
const BUCKETS = Object.keys(NONE) as (keyof UndoneFields)[];

function fieldsOf({ fields }: UndoneLine): LineFields {
  const all = Object.entries(fields);
  return {
    all: all.length,
    newer: all.filter(([, { keep }]) => keep === 'newer').length,
    not_reversible: all.filter(([, { keep }]) => keep === 'not_reversible').length,
    absent: all.flatMap(([path, { absent }]) => (absent ? [path] : [])),
    why: all.flatMap(([, { why }]) => why ?? []),
  };
}
