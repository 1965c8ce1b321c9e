import { RunError } from '../../core/errors.ts';
import { shownPath } from '../../core/shell-text.ts';
import type { InputIdentity } from '../../journal/journal-lines.ts';
import type { ShardRun } from './read-shard.ts';

/** What all shards of a job have in common. */
export interface Job {
  /** How many shards there are. */
  readonly of: number;
  /** With the fingerprints that only reading told. */
  readonly inputs: readonly InputIdentity[];
  /** Rows of each input; undefined where no shard has read it to its end. */
  readonly totals: readonly (number | undefined)[];
}

/** Refuses runs that are not shards of one job: `ERR_MERGE_MISMATCH` (exit 2) names both. */
export function requireSameJob(runs: readonly ShardRun[]): Job {
  const [first] = runs;
  if (!first) throw new RunError('ERR_USAGE', 'which runs? Name the run directories of all shards');
  for (const run of runs.slice(1)) {
    for (const [what, tell] of TRAITS) requireSame(what, first, tell(first), run, tell(run));
  }
  const inputs = first.header.inputs.map((input, i) => {
    const known = agreed(runs, `input ${i + 1}`, (run) => fingerprintOf(run, i));
    return { ...input, ...(known ? JSON.parse(known) : {}) } as InputIdentity;
  });
  const totals = inputs.map((_, i) =>
    agreed(runs, `the number of rows of input ${i + 1}`, (run) => run.end?.inputs?.[i]?.rows),
  );
  return { of: first.header.shard.of, inputs, totals };
}

// --- internal ---

type Trait = readonly [what: string, tell: (run: ShardRun) => string | number | undefined];

const TRAITS: readonly Trait[] = [
  ['the account', ({ header }) => `${header.account} at ${header.base_url}`],
  ['whether it is a dry run', ({ header }) => (header.dry_run ? 'a dry run' : 'a real run')],
  ['the number of shards', ({ header }) => header.shard.of],
  ['the mapping', ({ header }) => header.mapping_hash],
  ['the number of inputs', ({ header }) => header.inputs.length],
  ...['format', 'encoding', 'delimiter', 'quote', 'skip_rows', 'skip_footer'].map(
    (name): Trait => [
      `--${name.replace('_', '-')}`,
      ({ header }) => String(header.options[name] ?? 'detected'),
    ],
  ),
];

/** Size and SHA-256 of an input, known beforehand of a file and afterwards of a pipe. */
function fingerprintOf({ header, end }: ShardRun, input: number): string | undefined {
  const known = header.inputs[input]?.sha256 === undefined ? end?.inputs?.[input] : header.inputs[input];
  return known?.sha256 === undefined ? undefined : JSON.stringify({ size: known.size, sha256: known.sha256 });
}

/** What those who know say of a thing; all must say the same. */
function agreed<T extends string | number>(
  runs: readonly ShardRun[],
  what: string,
  tell: (run: ShardRun) => T | undefined,
): T | undefined {
  let said: { readonly run: ShardRun; readonly value: T } | undefined;
  for (const run of runs) {
    const value = tell(run);
    if (value === undefined) continue;
    said ??= { run, value };
    requireSame(what, said.run, said.value, run, value);
  }
  return said?.value;
}

function requireSame(what: string, one: ShardRun, is: unknown, other: ShardRun, isThere: unknown): void {
  if (is === isThere) return;
  throw new RunError(
    'ERR_MERGE_MISMATCH',
    `these are not shards of one job: ${what} differs. ${shownPath(one.dir)} has ${is}, ${shownPath(other.dir)} has ${isThere}. Name the runs of one job only.`,
  );
}
