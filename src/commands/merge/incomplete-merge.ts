import { EXIT, RunError } from '../../core/errors.ts';
import type { ShardParent } from '../../journal/journal-lines.ts';
import { plural } from '../../journal/summary-text.ts';
import type { Accounts, Span, Spans } from './row-coverage.ts';
import type { Job } from './shard-compatibility.ts';
import type { Double, ShardFault } from './shard-faults.ts';

/** What `merge --json` prints where not every row has exactly one outcome. Free of personal data. */
export interface Unproven {
  readonly merged: false;
  readonly exit_code: number;
  readonly code: string;
  /** Rows of all inputs; null where no shard has read them to the end. */
  readonly rows: number | null;
  readonly rows_with_outcome: number;
  /** Rows without an outcome, and the first 1,000 spans of them. */
  readonly missing: number;
  readonly gaps: readonly object[];
  /** Rows with several outcomes, and the first 20 of them. */
  readonly doubled: number;
  readonly doubles: readonly object[];
  readonly shards: readonly ShardParent[];
  readonly missing_shards: readonly number[];
  readonly faults: readonly ShardFault[];
}

/** What is known of a job that is not proven to be done. */
export interface Evidence {
  readonly job: Job;
  readonly accounts: Accounts;
  readonly faults: readonly ShardFault[];
  readonly doubles: readonly Double[];
  readonly shards: readonly ShardParent[];
}

/** Whether every row of the inputs has exactly one outcome, and every shard is there once and done. */
export function isProven({ job, accounts, faults }: Omit<Evidence, 'doubles' | 'shards'>): boolean {
  const { gaps, doubles, strangers } = accounts;
  const isKnown = job.totals.every((total) => total !== undefined);
  return isKnown && faults.length === 0 && gaps.rows + doubles.rows + strangers.rows === 0;
}

/** The same for a program. */
export function unproven(evidence: Evidence): Unproven {
  const { job, accounts, faults, doubles, shards } = evidence;
  const several = job.inputs.length > 1;
  const totals = job.totals.filter((total) => total !== undefined);
  const there = new Set(shards.map(({ index }) => index));
  return {
    merged: false,
    exit_code: EXIT.rowsFailed,
    code: codeOf(accounts),
    rows: totals.length === job.totals.length ? totals.reduce((sum, rows) => sum + rows, 0) : null,
    rows_with_outcome: accounts.rows,
    missing: accounts.gaps.rows,
    gaps: accounts.gaps.spans.map(({ input, from, to }) => ({ ...(several ? { input } : {}), from, to })),
    doubled: accounts.doubles.rows,
    doubles: doubles.map(({ input, ...double }) => ({ ...(several ? { input } : {}), ...double })),
    shards,
    missing_shards: Array.from({ length: job.of }, (_, i) => i + 1).filter((index) => !there.has(index)),
    faults,
  };
}

/** The error that ends such a merge (exit 1): what is missing or doubled, in which shard, and what to do. */
export function unprovenError(evidence: Evidence): RunError {
  const { job, accounts, faults, doubles } = evidence;
  const { gaps, strangers } = accounts;
  const several = job.inputs.length > 1;
  const lines: string[] = [];
  if (gaps.rows > 0) lines.push(`${plural(gaps.rows, 'row')} without an outcome: ${named(gaps, several)}`);
  if (accounts.doubles.rows > 0) {
    lines.push(
      `${plural(accounts.doubles.rows, 'row')} with several outcomes: ${named(accounts.doubles, several)}`,
    );
    const dirs = [...new Set(doubles.flatMap(({ run_dirs }) => run_dirs))];
    lines.push(`  told of by ${dirs.join(' and ')}`);
  }
  if (strangers.rows > 0)
    lines.push(`${plural(strangers.rows, 'row')} beyond the end of the input: ${named(strangers, several)}`);
  for (const [i, total] of job.totals.entries()) {
    if (total === undefined)
      lines.push(
        `no shard has read input ${i + 1} (${job.inputs[i]?.name}) to its end: rows may be missing after the last one seen`,
      );
  }
  lines.push(...faults.map(({ message }) => message));
  const next = [...new Set(faults.flatMap(({ next: one }) => one ?? []))];
  if (next.length === 0)
    next.push('restore the journal that was changed from a copy, or begin its shard anew and merge that');
  return new RunError(
    codeOf(accounts),
    `not merged, since not every row has exactly one outcome:\n  ${lines.join('\n  ')}\nNext: ${next.join('\n      ')}\n     `,
    { exitCode: EXIT.rowsFailed },
  );
}

// --- internal ---

function codeOf({ gaps, doubles }: Accounts): string {
  return gaps.rows === 0 && doubles.rows > 0 ? 'ERR_MERGE_DOUBLES' : 'ERR_MERGE_GAPS';
}

/** Spans that a message names. */
const MAX_NAMED = 10;

function named({ spans }: Spans, several: boolean): string {
  const shown = spans.slice(0, MAX_NAMED).map((span) => spanText(span, several));
  if (spans.length > MAX_NAMED) shown.push('and others');
  return shown.join(', ');
}

function spanText({ input, from, to }: Span, several: boolean): string {
  const rows = from === to ? `row ${from}` : `rows ${from} to ${to}`;
  return several ? `${rows} of input ${input + 1}` : rows;
}
