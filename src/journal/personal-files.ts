import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSameShard } from '../core/shard.ts';
import { writeAtomic } from '../core/write-atomic.ts';
import { readEndLine } from './last-line.ts';
import { listRuns, type Run } from './list-runs.ts';
import { FILES } from './run-directory.ts';

/** What was deleted of a run directory. */
export interface DeletedFiles {
  readonly at: string;
  readonly files: readonly string[];
}

/** Files of a run directory that hold rows as they stood: rejects, missing rows, a copy of stdin, old values, a plan. */
const PERSONAL = [
  /^(?:rejects|missing)(?:-\d+)?(?:\.edited-\d+)?\.(?:csv|jsonl)$/,
  /^rejects-unreadable(?:\.edited-\d+)?\.txt$/,
  /^(?:spool|(?:before|undo)\.jsonl|plan\.(?:jsonl|html))$/,
];

/**
 * Deletes the files with personal data of finished runs in `root` that ended longer ago than `afterMs`: of the account,
 * shard and job of `current`, never its own, nor those from which an unfinished retry, or an unfinished `apply`, reads. Journals and summaries stay, and
 * a note of what was deleted. Gives the directories.
 */
export async function deletePersonalFiles(
  root: string,
  afterMs: number,
  { dir: current, header: { account, shard, job } }: Run,
  now: number,
): Promise<string[]> {
  const runs = await listRuns(root);
  const ended = new Map(runs.map(({ dir }) => [dir, endOf(dir)]));
  const needed = new Set(
    runs.flatMap(({ dir, header }) => (ended.get(dir) === undefined ? [header.parent_run?.run_id] : [])),
  );
  const read = new Set(
    runs
      .flatMap(({ dir, header }) => (ended.get(dir) === undefined ? header.inputs : []))
      .map(({ path }) => path),
  );
  const deleted: string[] = [];
  for (const { dir, header } of runs) {
    const endedAt = ended.get(dir);
    if (dir === current || endedAt === undefined || needed.has(header.run_id)) continue;
    if (read.has(join(dir, FILES.plan))) continue;
    if (header.account !== account || !isSameShard(header.shard, shard) || header.job !== job) continue;
    if (now - endedAt >= afterMs && deleteIn(dir, now)) deleted.push(dir);
  }
  return deleted;
}

/** What was deleted of a run directory; undefined where nothing was. */
export function readDeletedFiles(dir: string): DeletedFiles | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(join(dir, FILES.deleted), 'utf8'));
    return isDeletedFiles(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** What is left of the commands that a summary printed, once the files that some of them read are deleted. */
export function nextAfterDeletion(
  next: string | undefined,
  deleted: DeletedFiles | undefined,
): string | undefined {
  if (!deleted || next === undefined) return next;
  if (deleted.files.includes(FILES.spool)) return undefined; // nothing can be read again
  const ways = next.split('\n').map((way) => way.trim());
  const left = ways.filter((way) => !/ --corrected\b/.test(way)).map((way) => way.replace(/^or /, ''));
  return left.length > 0 ? left.join('\n') : undefined;
}

// --- internal ---

/** When a run ended of which nothing is left to do, Unix time in milliseconds. */
function endOf(dir: string): number | undefined {
  const summary = readEndLine(dir)?.summary;
  if (!summary || summary.stopped || summary.pending > 0) return undefined;
  const at = Date.parse(summary.ended_at);
  return Number.isFinite(at) ? at : undefined;
}

/** Whether there was anything to delete. What cannot be deleted stays, for the next run to try. */
function deleteIn(dir: string, now: number): boolean {
  const files = readdirSync(dir).filter((name) => PERSONAL.some((pattern) => pattern.test(name)));
  if (files.length === 0) return false;
  try {
    // noted first: a note of more than was deleted does no harm
    const before = readDeletedFiles(dir)?.files ?? [];
    const note: DeletedFiles = {
      at: new Date(now).toISOString(),
      files: [...new Set([...before, ...files])],
    };
    writeAtomic(join(dir, FILES.deleted), `${JSON.stringify(note)}\n`);
    for (const name of files) rmSync(join(dir, name), { force: true });
    return true;
  } catch {
    return false;
  }
}

function isDeletedFiles(value: unknown): value is DeletedFiles {
  if (typeof value !== 'object' || value === null) return false;
  const { at, files } = value as Partial<DeletedFiles>;
  return typeof at === 'string' && Array.isArray(files) && files.every((file) => typeof file === 'string');
}
