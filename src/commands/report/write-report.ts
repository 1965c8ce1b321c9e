import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shardText } from '../../core/shard.ts';
import { shownPath } from '../../core/shell-text.ts';
import { BAD_STATUSES, STATUSES } from '../../core/types.ts';
import { findRunDirectory, runName } from '../../journal/find-run.ts';
import type { RunLine } from '../../journal/journal-lines.ts';
import { listRuns, type Run } from '../../journal/list-runs.ts';
import { nextWithoutEnd } from '../../journal/next-command.ts';
import { nextAfterDeletion, readDeletedFiles } from '../../journal/personal-files.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { RowSets } from '../../journal/row-set.ts';
import { FILES } from '../../journal/run-directory.ts';
import type { Summary } from '../../journal/summary.ts';
import { causeKey } from '../../journal/tally.ts';
import { Collector } from './collect.ts';
import type { EarlierRun, RunFacts } from './facts.ts';
import { markdown } from './markdown.ts';
import { page } from './page/page.ts';
import { readRepairs } from './read-repairs.ts';
import type { Report } from './report-model.ts';
import { writeOutput } from './write-output.ts';

export interface ReportOptions {
  readonly dir: string;
  readonly format: 'html' | 'markdown' | 'json';
  /** `-` is stdout. Default: `report.html` in the run directory; stdout for the other formats. */
  readonly output?: string;
}

/** Reads a run directory and writes what it tells, as a page, as text or as figures. Gives the exit code. */
export async function writeReport(options: ReportOptions, host: Host): Promise<number> {
  const dir = await findRunDirectory(options.dir);
  const gathered = await gather(dir, host.env);
  const text =
    options.format === 'html'
      ? page(gathered)
      : options.format === 'markdown'
        ? markdown(gathered)
        : `${JSON.stringify(gathered)}\n`;
  return writeOutput(
    text,
    options.output ?? (options.format === 'html' ? join(dir, 'report.html') : '-'),
    host,
  );
}

// --- internal ---

/** Runs of the same mapping that are compared with. */
const MAX_EARLIER = 30;

async function gather(dir: string, env: Host['env']): Promise<Report> {
  let header: RunLine | undefined;
  const around = await listRuns(dirname(dir));
  let collector: Collector | undefined;
  const seen = new RowSets();
  for await (const { line } of readJournal(dir)) {
    if (line.type === 'run') {
      header = line;
      collector = new Collector({
        run: factsOf(line, dir, around),
        causeOf: causeKey,
        allowed: allowedOf(line),
        repairs: line.dry_run ? undefined : await readRepairs(line, around),
      });
    } else if (line.type === 'row') {
      // as everywhere, the first outcome of a row counts
      if (seen.add(line.input ?? 0, line.row)) collector?.row(line);
    } else if (line.type === 'pulse') collector?.pulse(line);
    else if (line.type === 'resume') collector?.resume(line.at);
    else if (line.type === 'end') collector?.end(withLeftWays(line.summary, dir));
  }
  if (!header || !collector) {
    throw new RunError(
      'ERR_NO_RUN',
      `${dir} is not a run directory: its journal is empty, or its first line is damaged.`,
    );
  }
  const next = nextWithoutEnd({ header, dir, env });
  return collector.report(earlierRuns(around, header), next);
}

/** The summary without commands that read what is deleted. */
function withLeftWays({ next, ...summary }: Summary, dir: string): Summary {
  const left = nextAfterDeletion(next, readDeletedFiles(dir));
  return { ...summary, ...(left === undefined ? {} : { next: left }) };
}

/** Undefined where it was to be found out. */
function allowedOf({ options }: RunLine): number | null | undefined {
  const rate = options['rate'];
  return rate === 'unlimited' ? null : typeof rate === 'number' ? rate : undefined;
}

function factsOf(header: RunLine, dir: string, around: readonly Run[]): RunFacts {
  const { parent_run: parent } = header;
  const first = around.find((run) => run.header.run_id === parent?.run_id);
  return {
    run_id: header.run_id,
    dir: shownPath(dir),
    tool_version: header.tool_version,
    started_at: header.started_at,
    account: header.account,
    base_url: header.base_url,
    inputs: header.inputs.map(({ name }) => name),
    mapping_hash: header.mapping_hash,
    ...(header.job === undefined ? {} : { job: header.job }),
    dry_run: header.dry_run,
    ...(header.shard ? { shard: shardText(header.shard) } : {}),
    ...(header.shards ? { shards: header.shards.length } : {}),
    ...(parent ? { retry_of: first ? runName(first.dir) : shownPath(parent.dir) } : {}),
  };
}

/** Those among `around` that began before a run, with its account and mapping; those without a summary are left out. */
function earlierRuns(around: readonly Run[], header: RunLine): EarlierRun[] {
  const runs: EarlierRun[] = [];
  for (const { dir: other, header: its } of around) {
    const isEarlier = its.run_id !== header.run_id && its.started_at < header.started_at;
    if (!isEarlier || its.account !== header.account || its.mapping_hash !== header.mapping_hash) continue;
    if (its.dry_run !== header.dry_run) continue;
    const summary = summaryOf(other);
    if (!summary) continue;
    const counted = STATUSES.filter((status) => summary.statuses[status] > 0);
    runs.push({
      run_id: its.run_id,
      dir: shownPath(other),
      started_at: its.started_at,
      duration_s: summary.duration_s,
      rows: counted.reduce((sum, status) => sum + summary.statuses[status], 0),
      statuses: Object.fromEntries(counted.map((status) => [status, summary.statuses[status]])),
      bad: counted.reduce((sum, name) => sum + (BAD_STATUSES.has(name) ? summary.statuses[name] : 0), 0),
      requests: summary.requests,
      achieved: summary.rate.achieved,
    });
    if (runs.length === MAX_EARLIER) break;
  }
  return runs.reverse();
}

function summaryOf(dir: string): Summary | undefined {
  try {
    const summary: unknown = JSON.parse(readFileSync(join(dir, FILES.summary), 'utf8'));
    const isSummary = typeof summary === 'object' && summary !== null && 'statuses' in summary;
    return isSummary && 'rate' in summary ? (summary as Summary) : undefined;
  } catch {
    return undefined; // it goes on still, or died
  }
}
