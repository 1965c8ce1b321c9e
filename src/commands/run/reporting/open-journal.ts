import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import type { RunError } from '../../../core/errors.ts';
import { VERSION } from '../../../core/version.ts';
import { writeAtomic } from '../../../core/write-atomic.ts';
import { Journal, type JournalOptions } from '../../../journal/journal.ts';
import type { RowLine, RunLine } from '../../../journal/journal-lines.ts';
import { notWritable } from '../../../journal/not-writable.ts';
import { FILES, linkLatest } from '../../../journal/run-directory.ts';
import { resolvedMapping } from '../../../mapping/load/resolved.ts';
import type { Plan } from '../plan/plan.ts';
import { headerOf } from '../plan/run-header.ts';

export interface OpenJournalOptions {
  readonly clock: Clock;
  readonly faultOf: JournalOptions['faultOf'];
  readonly onWritten: (line: RowLine) => void;
  readonly onBroken: (error: RunError) => void;
}

/** Opens the journal of a run and writes its first line, or the line that tells of a continuation. */
export function openJournal(plan: Plan, options: OpenJournalOptions): { journal: Journal; header: RunLine } {
  const { reading, dir, earlier } = plan;
  const { clock, faultOf, onWritten, onBroken } = options;
  const header = earlier?.header ?? headerOf(plan, clock.now());
  const journal = new Journal({
    dir,
    runId: header.run_id,
    shapes: reading.sources.map(({ shape }) => shape),
    faultOf,
    onWritten,
    onBroken,
    number: plan.number,
    originOf: plan.originOf,
    ...(earlier ? { cutTo: { journal: earlier.size, rejects: earlier.rejects } } : {}),
  });
  if (earlier) {
    journal.write({
      type: 'resume',
      tool_version: VERSION,
      at: new Date(clock.now()).toISOString(),
      rows_done: earlier.tally.rows,
      torn_bytes: earlier.tornBytes,
      limit: Number.isFinite(plan.options.limit) ? plan.options.limit : 'all',
      ...(plan.account === header.account ? {} : { account: plan.account }),
    });
  } else {
    const mapping = `${JSON.stringify(resolvedMapping(reading.mapping), undefined, 2)}\n`;
    try {
      // without it the journal is of no use after a power cut
      writeAtomic(join(dir, FILES.mapping), mapping, { durable: true });
    } catch (cause) {
      throw notWritable(dir, cause, 'again');
    }
    journal.write(header);
  }
  linkLatest(dir);
  return { journal, header };
}
