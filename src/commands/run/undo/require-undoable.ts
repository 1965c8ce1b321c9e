import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { runName } from '../../../journal/find-run.ts';
import type { Run } from '../../../journal/list-runs.ts';
import { readDeletedFiles } from '../../../journal/personal-files.ts';
import { FILES } from '../../../journal/run-directory.ts';

/** Throws `ERR_NOT_UNDOABLE` (exit 2) for a run that cannot be taken back, with the reason and what to do about it. */
export function requireUndoable({ dir, header }: Run): void {
  const why = faultOf({ dir, header });
  if (why !== undefined) throw new RunError('ERR_NOT_UNDOABLE', `${runName(dir)} ${why}`);
}

// --- internal ---

function faultOf({ dir, header }: Run): string | undefined {
  if (header.dry_run) return 'is a dry run: it changed nothing, so there is nothing to undo.';
  if (header.shards) {
    const shards = header.shards.map((shard) => runName(shard.dir)).join(', ');
    return `was merged from shards, which keep the old values: undo them one by one, those that were undoable: ${shards}.`;
  }
  if (header.options['undoable'] !== true) {
    return 'was not undoable: the old values of its contacts were not kept. Give run the option --undoable next time.';
  }
  if (existsSync(join(dir, FILES.before))) return undefined;
  const deleted = readDeletedFiles(dir);
  const path = shownPath(join(dir, FILES.before));
  return deleted?.files.includes(FILES.before)
    ? `cannot be undone: ${path} was deleted on ${deleted.at} (--keep-personal).`
    : `cannot be undone: ${path} is gone. Bring the file back.`;
}
