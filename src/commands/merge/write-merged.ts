import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppendFile } from '../../core/append-file.ts';
import { RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import type { Share } from '../../core/types.ts';
import { replaceAtomicLater, writeAtomic } from '../../core/write-atomic.ts';
import { likelyEncodingOf } from '../../input/bytes/encoding-fault.ts';
import { FieldSets } from '../../journal/field-sets.ts';
import type { EndLine, RowLine, RunLine } from '../../journal/journal-lines.ts';
import { nextCommand } from '../../journal/next-command.ts';
import { notWritable } from '../../journal/not-writable.ts';
import { FILES, linkLatest, missingFile, rejectsFile } from '../../journal/run-directory.ts';
import type { Summary } from '../../journal/summary.ts';
import { Tally } from '../../journal/tally.ts';
import { rowCopiesOf, writeSummary } from '../../journal/write-summary.ts';
import { type JoinedRejects, joinRejects } from './join-rejects.ts';
import { mergedSummary } from './merged-summary.ts';
import type { ShardRun } from './read-shard.ts';
import type { RejectIndex } from './reject-index.ts';
import { rowsByTime } from './rows-by-time.ts';

export interface WriteMergedOptions {
  readonly header: RunLine;
  /** The run directory to be filled, absolute. */
  readonly dir: string;
  /** Shards that are proven to have done all rows. */
  readonly runs: readonly ShardRun[];
  readonly index: RejectIndex;
  readonly env: Host['env'];
  /** Bad rows that a good job may have. */
  readonly acceptBadRows: Share;
}

/** Text that is collected before it is written. */
const MAX_BUFFERED = 1024 * 1024;

/**
 * Writes a run directory as if one run had done all rows. The journal gets its name last: until then the directory
 * holds no run, whatever happens. Memory grows with the rejects alone. Throws `ERR_JOURNAL` (exit 2) where it cannot
 * write.
 */
export async function writeMerged(options: WriteMergedOptions): Promise<Summary> {
  try {
    return await write(options);
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw notWritable(options.dir, cause, 'elsewhere');
  }
}

// --- internal ---

async function write(options: WriteMergedOptions): Promise<Summary> {
  const { dir } = options;
  const summary = await replaceAtomicLater(join(dir, FILES.journal), (fresh) => fill(fresh, options));
  linkLatest(dir);
  return summary;
}

/** Fills the directory; the journal is `fresh` until all is done. */
async function fill(fresh: string, options: WriteMergedOptions): Promise<Summary> {
  const { header, dir, runs, index, env, acceptBadRows } = options;
  const dirs = runs.map((run) => run.dir);
  const mapping = readFileSync(join(dirs[0] ?? '', FILES.mapping));
  writeAtomic(join(dir, FILES.mapping), mapping, { durable: true });
  const joined = joinAllRejects(header, dir, dirs, index);

  const tally = new Tally();
  const journal = new AppendFile(fresh, 0);
  let text = `${JSON.stringify(header)}\n`;
  const sets = new FieldSets();
  for await (const { line, text: own, confirms } of rowsByTime(dirs)) {
    tally.add(line);
    const { set, added } = confirms ? sets.numberOf(confirms) : { set: undefined };
    if (added) text += `${JSON.stringify(added)}\n`;
    const isAsItWas = !line.reject && line.set === set;
    text += `${isAsItWas ? own : JSON.stringify(renumbered(moved(line, joined), set))}\n`;
    if (text.length < MAX_BUFFERED) continue;
    journal.append(text);
    text = '';
  }
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  if (tally.rows !== rows) {
    throw new RunError(
      'ERR_MERGE_CHANGED',
      `a shard went on while it was merged: ${rows} rows became ${tally.rows}. Merge again when all have ended.`,
    );
  }
  const { rejects, missing } = await rowCopiesOf(dir, shapesOf(header));
  const summary = mergedSummary({
    header,
    dir,
    tally,
    acceptBadRows,
    parts: runs.flatMap(({ end }) => end?.summary ?? []),
    rejects,
    missing,
    notes: [...joined.values()].flatMap(({ notes }) => notes),
    next: nextCommand({
      header,
      dir,
      reason: undefined,
      pending: 0,
      bad: tally.bad,
      likelyEncoding: likelyEncodingOf(tally.causes()),
      planned: tally.statuses.planned,
      rejects: rejects.map(({ file }) => file),
      isResumable: header.inputs.every(({ path, sha256 }) => path !== undefined && sha256 !== undefined),
      isCanary: false,
      env,
    }),
  });
  journal.append(`${text}${JSON.stringify({ type: 'end', summary } satisfies EndLine)}\n`);
  await journal.sync();
  journal.close();
  writeSummary(dir, summary);
  return summary;
}

function shapesOf({ inputs }: RunLine) {
  return inputs.map(({ format }, input) => ({ input, format }));
}

function joinAllRejects(
  header: RunLine,
  dir: string,
  dirs: readonly string[],
  index: RejectIndex,
): ReadonlyMap<string, JoinedRejects> {
  const joined = new Map<string, JoinedRejects>();
  const files = [rejectsFile, missingFile].flatMap((fileOf) =>
    shapesOf(header).map(({ input, format }) => ({ name: fileOf(input, format), format })),
  );
  for (const { name, format } of [...files, { name: FILES.unreadable, format: undefined }]) {
    rmSync(join(dir, name), { force: true });
    const one = joinRejects(name, format, dirs, index, dir);
    if (one) joined.set(name, one);
  }
  return joined;
}

/** The line with the number that its set of fields has in the joined journal. */
function renumbered({ set: _, ...line }: RowLine, set: number | undefined): RowLine {
  return set === undefined ? line : { ...line, set };
}

/** The line with the place of its reject in the joined file, which was written as a whole. */
function moved({ reject, ...line }: RowLine, joined: ReadonlyMap<string, JoinedRejects>): RowLine {
  const bytes = reject && joined.get(reject.file)?.bytes;
  return reject && bytes ? { ...line, reject: { file: reject.file, end: bytes } } : line;
}
