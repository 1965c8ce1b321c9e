import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { areSiblings, isSameShard } from '../core/shard.ts';
import type { RunLine } from './journal-lines.ts';
import { type Fold, foldJournal, isDelivered, isFinished, readJournal, readRunLine } from './read-journal.ts';

/** A run directory and the first line of its journal. */
export interface Run {
  readonly dir: string;
  readonly header: RunLine;
}

/** The runs whose directories lie in `root`, the newest first. */
export async function listRuns(root: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (const entry of entriesOf(root)) {
    const dir = join(root, entry);
    const header = await readRunLine(dir);
    if (header) runs.push({ dir, header });
  }
  return runs.sort((a, b) => b.header.started_at.localeCompare(a.header.started_at));
}

/**
 * A run in `root` that is newer than `header`'s and changed a contact, for the same account and mapping, or as a retry
 * of that very run. `account` is the present name of the account: its key may have been rotated meanwhile. `shard` is
 * the share of the rows that matters, by default that of the run: what other shards deliver is of other contacts.
 */
export async function findNewerDelivery(
  root: string,
  header: RunLine,
  account = header.account,
  shard = header.shard,
): Promise<Run | undefined> {
  for (const run of await listRuns(root)) {
    const other = run.header;
    if (byAge(other, header) <= 0) continue;
    if (other.run_id === header.run_id || other.dry_run || areSiblings(other.shard, shard)) continue;
    if (header.shards?.some(({ run_id }) => run_id === other.run_id)) continue;
    const isSameAccount = other.account === header.account || other.account === account;
    const isRelated =
      other.mapping_hash === header.mapping_hash || other.parent_run?.run_id === header.run_id;
    if (isSameAccount && isRelated && (await hasSentOrConfirmed(run.dir))) return run;
  }
  return undefined;
}

/** Above zero where `a` is newer than `b`. Only runs of versions that did not number them are taken by their start. */
export function byAge(a: RunLine, b: RunLine): number {
  if (a.number !== undefined && b.number !== undefined && a.number !== b.number) return a.number - b.number;
  return a.started_at.localeCompare(b.started_at);
}

/**
 * Whether a run changed a contact, may have when it was killed, or found one to be as its row says: older data must know of
 * either. A journal that cannot be read may hide that it did.
 */
export async function hasSentOrConfirmed(dir: string): Promise<boolean> {
  try {
    /** Rows that were about to write and have no outcome: they may have. */
    const sending = new Set<string>();
    for await (const { line } of readJournal(dir)) {
      if (line.type === 'row' && (isDelivered(line) || line.set !== undefined)) return true;
      if (line.type !== 'row' && line.type !== 'sending') continue;
      const key = `${line.input ?? 0}/${line.row}`;
      if (line.type === 'sending' && line.set !== undefined) sending.add(key);
      else sending.delete(key);
    }
    return sending.size > 0;
  } catch {
    return true;
  }
}

/** What makes two runs do the same. */
export type Work = Pick<
  RunLine,
  'account' | 'command' | 'mapping_hash' | 'dry_run' | 'inputs' | 'options' | 'shard' | 'parent_run'
>;

/** Options that decide how the same content is read and compared. */
const OPTIONS_OF_WORK = [
  'format',
  'encoding',
  'delimiter',
  'quote',
  'skip_rows',
  'skip_footer',
  'full',
  'undoable',
];

/** Whether two runs read the same content in the same way with the same mapping for the same account. */
export function isSameWork(a: Work, b: Work): boolean {
  return (
    a.account === b.account &&
    a.command === b.command &&
    a.mapping_hash === b.mapping_hash &&
    a.dry_run === b.dry_run &&
    isSameShard(a.shard, b.shard) &&
    a.parent_run?.run_id === b.parent_run?.run_id &&
    OPTIONS_OF_WORK.every((name) => (a.options[name] || null) === (b.options[name] || null)) &&
    a.inputs.length === b.inputs.length &&
    a.inputs.every(({ sha256 }, i) => sha256 !== undefined && sha256 === b.inputs[i]?.sha256)
  );
}

/** Which finished runs to keep: the newest ones, or those younger than some days. */
export type Keep =
  | { readonly kind: 'newest'; readonly runs: number }
  | { readonly kind: 'days'; readonly days: number };

/**
 * Deletes older finished runs in `root` of the account of `current`, and of its shard, and of its job or of none, never
 * `current` itself nor one whose rows a kept run retries: that retry needs its journal to find out which rows are newer. Gives the directories
 * deleted.
 */
export async function deleteOldRuns(
  root: string,
  keep: Keep,
  { dir: current, header: { account, shard, job } }: Run,
  now: number,
): Promise<string[]> {
  const deleted: string[] = [];
  const needed = new Set<string>();
  let kept = 1; // the current one
  // a retry is newer than what it retries, so it is seen first
  for (const { dir, header } of await listRuns(root)) {
    if (header.account !== account || !isSameShard(header.shard, shard)) continue;
    if (header.job !== undefined && header.job !== job) continue;
    const isYoung =
      keep.kind === 'newest'
        ? kept < keep.runs
        : now - Date.parse(header.started_at) < keep.days * 24 * 60 * 60 * 1000;
    const isKept = dir === current || isYoung || needed.has(header.run_id) || !(await isFinishedRun(dir));
    if (!isKept && wasDeleted(dir)) {
      deleted.push(dir);
      continue;
    }
    if (dir !== current) kept += 1;
    if (header.parent_run) needed.add(header.parent_run.run_id);
  }
  return deleted;
}

// --- internal ---

function entriesOf(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** What cannot be deleted stays, for the next run to try. */
function wasDeleted(dir: string): boolean {
  try {
    rmSync(dir, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

async function isFinishedRun(dir: string): Promise<boolean> {
  let fold: Fold;
  try {
    fold = await foldJournal(dir);
  } catch {
    return false; // not ours to judge, so not ours to delete
  }
  return isFinished(fold);
}
