import { RunError } from '../../core/errors.ts';
import type { Shard } from '../../core/shard.ts';
import { shownPath } from '../../core/shell-text.ts';
import type { EndLine, RunLine } from '../../journal/journal-lines.ts';
import { readJournal } from '../../journal/read-journal.ts';
import type { RejectIndex } from './reject-index.ts';
import type { Coverage } from './row-coverage.ts';

/** A shard's run, its journal read once. */
export interface ShardRun {
  /** Absolute. */
  readonly dir: string;
  readonly header: RunLine & { readonly shard: Shard };
  /** The last line, if the run ended by itself. */
  readonly end: EndLine | undefined;
  /** Row lines. */
  readonly rows: number;
}

/**
 * Reads the journal of a shard's run, and tells `coverage` and `rejects` of its rows. Throws `RunError` (exit 2) for a
 * directory without a run, with a damaged journal, or of a run that is no shard.
 */
export async function readShard(dir: string, coverage: Coverage, rejects: RejectIndex): Promise<ShardRun> {
  let header: ShardRun['header'] | undefined;
  let end: EndLine | undefined;
  let rows = 0;
  rejects.nextRun();
  for await (const { line } of readJournal(dir)) {
    if (line.type === 'row') {
      rows += 1;
      coverage.add(line.input ?? 0, line.row);
      rejects.add(line);
    } else if (line.type === 'run') header = requireShard(dir, line);
    else if (line.type === 'resume' || line.type === 'end') end = line.type === 'end' ? line : undefined;
    if (line.type === 'resume' && header && line.account) header = { ...header, account: line.account };
  }
  if (!header)
    throw new RunError(
      'ERR_NO_RUN',
      `${shownPath(dir)} is not a run directory: its journal is empty, or its first line is damaged`,
    );
  return { dir, header, end, rows };
}

// --- internal ---

function requireShard(dir: string, header: RunLine): ShardRun['header'] {
  const shown = shownPath(dir);
  if (header.parent_run) {
    throw new RunError(
      'ERR_NOT_A_SHARD',
      `${shown} is a retry of ${shownPath(header.parent_run.dir)}: its rows have outcomes there already. Merge the runs of the shards themselves, then send what is still bad with --retry and the merged directory.`,
    );
  }
  if (header.shard) return { ...header, shard: header.shard };
  const what = header.shards ? 'was merged from shards already' : 'is a run of all rows';
  throw new RunError(
    'ERR_NOT_A_SHARD',
    `${shown} ${what}. Name the run directories of the shards, those of runs with --shard.`,
  );
}
