import type { RunContext } from '../../../core/run-context.ts';
import type { Patch, Row } from '../../../core/types.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { Tally } from '../../../journal/tally.ts';
import type { JobRecordFile } from '../../job-record.ts';
import { isBeyond, type OutcomeCounts, tooManyErrors } from '../error-limit.ts';
import type { Observer } from '../observer.ts';
import type { PipelineCounts } from '../pipeline/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import { faultNamer } from '../reporting/known-bad-rows.ts';
import { logBadRow } from '../reporting/log-bad-row.ts';
import { openJournal } from '../reporting/open-journal.ts';
import type { OutcomeStage } from './stage-types.ts';

/** The journal of a run as the last stage of its rows, and what is counted of it. */
export interface OutcomeLog extends OutcomeStage {
  readonly journal: Journal;
  /** The first line of the journal. */
  readonly header: RunLine;
  /** Outcomes of the whole run, those of earlier processes included. */
  readonly tally: Tally;
  /** Outcomes of this process. */
  readonly own: OutcomeCounts;
  /** The rows of this process, kept up to date by the pipeline. */
  readonly counts: PipelineCounts;
  /** Outcomes of earlier processes. */
  readonly earlierRows: number;
  /** Notes that a contact is about to be made for a row; resolves when that would survive a power cut. */
  intent(row: Row): Promise<void>;
  /**
   * Notes that a row is about to write these fields to the contact of a patch, or, where they are undefined, that it did not after all.
   * Resolves when the kernel has that, and every outcome before it.
   */
  sending(
    row: Row,
    patch: Pick<Patch, 'contactId' | 'isMade'>,
    fields: readonly string[] | undefined,
  ): Promise<void>;
}

/**
 * Opens the journal. Each outcome that it has written is counted and shown to the observer; too many bad ones, or a
 * journal that cannot be written, stop the run.
 */
export function openOutcomeLog(
  plan: Plan,
  observer: Observer,
  job: JobRecordFile,
  { clock, log, stop }: RunContext,
): OutcomeLog {
  const { earlier, options } = plan;
  const tally = earlier?.tally ?? new Tally();
  const before = { rows: tally.rows, dataRows: tally.dataRows, bad: tally.bad };
  const own = (): OutcomeCounts => ({ rows: tally.rows - before.rows, bad: tally.bad - before.bad });
  const counts: PipelineCounts = { read: 0, doneBefore: 0, given: 0, seen: 0, inFlight: 0, underWay: 0 };
  /** Rows that were read; those in flight count as good. A row that is no data counts for no percentage. */
  const judged = (): OutcomeCounts => {
    const { rows, bad } = own();
    const noData = rows - (tally.dataRows - before.dataRows);
    return { rows: counts.read - counts.doneBefore - noData, bad };
  };
  const { journal, header } = openJournal(plan, {
    clock,
    faultOf: faultNamer(plan, job.record),
    onBroken: (error) => stop.fail(error),
    onWritten(line) {
      tally.add(line);
      logBadRow(log, line, tally, options.progress);
      observer.onRow?.(line);
      const now = judged();
      if (isBeyond(options.maxErrors, now)) stop.fail(tooManyErrors(options.maxErrors, now));
    },
  });
  return {
    journal,
    header,
    tally,
    counts,
    get own() {
      return own();
    },
    earlierRows: before.rows,
    record(row, outcome) {
      journal.row(row, outcome, clock.now());
      if (!('error' in row)) plan.noteOutcome?.(row, outcome);
    },
    flushed: () => journal.written(),
    room: async () => observer.room?.(),
    intent: (row) => journal.intent(row, clock.now()),
    sending: (row, patch, fields) => journal.sending(row, patch, fields),
  };
}
