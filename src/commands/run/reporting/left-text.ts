import { nextCommand } from '../../../journal/next-command.ts';
import { plural } from '../../../journal/summary-text.ts';
import { type FinishedRun, pendingRows } from './summarise.ts';

/** A run that is about to be cut off. */
export type CutRun = Pick<
  FinishedRun,
  | 'header'
  | 'dir'
  | 'tally'
  | 'counts'
  | 'outcomes'
  | 'reason'
  | 'isOfProgram'
  | 'isResumable'
  | 'baseUrlInEnvironment'
>;

/** What a run leaves behind that ends at once, and the command that goes on. */
export function leftText(run: CutRun): string {
  const pending = pendingRows(run.counts, run.outcomes);
  const next = nextCommand({ ...run, pending, bad: run.tally.bad, rejects: [], isCanary: false });
  const done = `${plural(run.tally.rows, 'row has an outcome', 'rows have an outcome')}`;
  const open = `${plural(pending, 'row that was read has none', 'rows that were read have none')} and may have been sent`;
  return `${done}, ${open}${next === undefined ? '' : `. Next: ${next}`}`;
}
