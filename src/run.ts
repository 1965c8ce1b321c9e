import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rejectsOf, summarise, writeSummary } from './ending.ts';
import { EXIT, RunError } from './errors.ts';
import type { Host } from './host.ts';
import { createLogger, type Logger } from './logger.ts';
import { resolvedMapping } from './mapping/resolved.ts';
import { type PipelineCounts, runPipeline } from './pipeline.ts';
import { makePlan } from './planning/make-plan.ts';
import type { Plan } from './planning/plan.ts';
import { mappingHash } from './reading.ts';
import { Journal } from './results/journal.ts';
import { JOURNAL_VERSION, type RowLine, type RunLine } from './results/lines.ts';
import { deleteOldRuns } from './results/list-runs.ts';
import { Meter } from './results/meter.ts';
import { FILES, linkLatest } from './results/run-directory.ts';
import { summaryText } from './results/summary-text.ts';
import { Tally } from './results/tally.ts';
import type { RunOptions, Share } from './run-options.ts';
import { createSending } from './sending.ts';
import { shownPath } from './shown-path.ts';
import { Stop } from './stop.ts';
import { startTelling } from './telling.ts';
import type { Row } from './types.ts';
import { VERSION } from './version.ts';

/** Bad rows of one cause that are logged at `warn`; further ones are `debug`. */
const LOGGED_PER_CAUSE = 5;
/** Outcomes before a percentage of bad ones means anything. */
const OUTCOMES_TO_JUDGE = 100;

/** The main job: plans the run, does the work, writes the summary. Gives the exit code. */
export async function run(options: RunOptions, host: Host): Promise<number> {
  const log = await createLogger(host, { level: options.logLevel, format: options.logFormat });
  const stop = new Stop();
  const deafen = host.onSignal((signal) => stop.request({ kind: 'signal', signal }));
  try {
    const plan = await makePlan(options, host, log, stop);
    try {
      return await work(plan, host, log, stop);
    } finally {
      await plan.close();
    }
  } catch (error) {
    const { reason } = stop;
    if (reason?.kind !== 'signal' || !(error instanceof RunError)) throw error;
    throw new RunError(reason.signal, 'stopped before the first row', {
      exitCode: signalExit(reason.signal),
    });
  } finally {
    deafen();
  }
}

// --- internal ---

/** Does what the plan says, from the first line of the journal to the last. */
async function work(plan: Plan, host: Host, log: Logger, stop: Stop): Promise<number> {
  const { options, reading, dir, earlier } = plan;
  const { clock } = host;
  const began = clock.monotonic();
  const { sources, compiled } = reading;
  const shapes = sources.map(({ shape }) => shape);
  const notes = new Set<string>(compiled.flatMap(({ warnings }) => warnings));
  for (const note of notes) log.warn(note);

  const tally = earlier?.tally ?? new Tally();
  const before = { rows: tally.rows, bad: tally.bad };
  const meter = new Meter();
  const counts: PipelineCounts = { read: 0, settled: 0, pending: 0, inFlight: 0 };
  const journal = new Journal({
    dir,
    shapes,
    onBroken: (error) => stop.fail(error),
    onWritten(line) {
      tally.add(line);
      tellOfBadRow(log, line, tally);
      const now = { rows: tally.rows - before.rows, bad: tally.bad - before.bad };
      if (tooManyErrors(options.maxErrors, now)) stop.fail(tooMany(options.maxErrors, now));
    },
    ...(earlier ? { cutTo: { journal: earlier.size, rejects: earlier.rejects } } : {}),
  });
  const header = earlier?.header ?? headerOf(plan, clock.now());
  if (earlier) {
    journal.write({
      type: 'resume',
      tool_version: VERSION,
      at: new Date(clock.now()).toISOString(),
      rows_done: tally.rows,
      torn_bytes: earlier.tornBytes,
    });
  } else {
    const mapping = `${JSON.stringify(resolvedMapping(reading.mapping), undefined, 2)}\n`;
    writeFileSync(join(dir, FILES.mapping), mapping, { mode: 0o600 });
    journal.write(header);
  }
  linkLatest(dir);
  log.info(
    { run_dir: shownPath(dir), account: header.account, ...(earlier ? { rows_done: tally.rows } : {}) },
    options.dryRun ? 'dry run begins: nothing will be sent' : earlier ? 'run goes on' : 'run begins',
  );

  const sending = await createSending({
    run: options,
    credentials: plan.credentials,
    version: VERSION,
    clock,
    stop,
    log,
    meter,
    inFlight: () => counts.inFlight,
    columnsOf: (input) => shapes[input]?.columns ?? [],
    onNote: (note) => notes.add(note),
  });
  const timers = startTimers(options, stop);
  meter.watch(() => ({
    isServerWait: sending.pace.paused || sending.outage.isOpen,
    waitingForRate: sending.pace.waiting,
    isFull: counts.inFlight >= options.concurrency,
  }));
  const size = sources.reduce((sum, { identity }) => sum + (identity?.sizeBytes ?? Number.NaN), 0);
  const silence = startTelling(host, log, options.progress, () => ({
    rows: tally.rows,
    share: size > 0 ? sources.reduce((sum, { bytesRead }) => sum + bytesRead, 0) / size : undefined,
    statuses: tally.statuses,
    rate: meter.recentRate(clock.monotonic()),
    allowed: Number.isFinite(options.rate) ? options.rate : undefined,
    retries: meter.retries,
    waiting: sending.outage.isOpen
      ? 'API down, waiting'
      : sending.pace.paused
        ? 'throttled, waiting'
        : undefined,
    elapsedS: (clock.monotonic() - began) / 1000,
  }));

  try {
    await runPipeline(
      {
        sources,
        map: (row: Row) => compiledOf(plan, row).apply(row),
        deliver: sending.deliver,
        inLane: sending.inLane,
        record: (row, outcome) => journal.row(row, outcome, clock.now()),
        written: () => journal.written(),
        claim: plan.claim,
        withoutSuperseded: plan.withoutSuperseded,
        onIdle: sending.judge,
        concurrency: options.concurrency,
        limit: options.limit,
        dryRun: options.dryRun,
        stop,
      },
      counts,
    );
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    stop.fail(error);
  } finally {
    timers.clear();
    silence();
    meter.stop();
    sending.close();
  }
  if (counts.read === 0 && !stop.reason) notes.add('the input has no rows');
  for (const { noticed } of compiled) for (const note of noticed()) notes.add(note);

  const summary = summarise({
    header,
    dir,
    tally,
    counts,
    outcomes: tally.rows - before.rows,
    lost: journal.lost,
    rejects: await rejectsOf(dir, shapes),
    meter,
    rate: options.rate,
    limit: options.limit,
    durationS: (clock.monotonic() - began) / 1000,
    endedAt: clock.now(),
    reason: stop.reason,
    warnings: [...notes],
    isResumable: reading.identities.every(({ sha256 }) => sha256 !== undefined),
  });
  try {
    journal.write({ type: 'end', summary });
    writeSummary(dir, summary);
    await journal.close();
  } catch (error) {
    log.error({ run_dir: shownPath(dir) }, 'the summary could not be written to the run directory');
    if (!stop.reason) throw error;
  }
  host.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  if (options.keep && !stop.reason) {
    const deleted = await deleteOldRuns(dirname(dir), options.keep, header.account, dir, clock.now());
    if (deleted.length > 0) log.info({ runs: deleted.map(shownPath) }, 'deleted old runs (--keep)');
  }
  return summary.exit_code;
}

function headerOf({ options, reading, account, parent }: Plan, now: number): RunLine {
  return {
    type: 'run',
    version: JOURNAL_VERSION,
    run_id: randomUUID(),
    tool_version: VERSION,
    started_at: new Date(now).toISOString(),
    account,
    base_url: options.baseUrl,
    inputs: reading.identities,
    mapping_hash: mappingHash(reading.mapping),
    options: {
      rate: Number.isFinite(options.rate) ? options.rate : 'unlimited',
      concurrency: options.concurrency,
      max_attempts: options.maxAttempts,
      limit: Number.isFinite(options.limit) ? options.limit : 'all',
      format: options.format ?? null,
      encoding: options.encoding ?? null,
      delimiter: options.delimiter ?? null,
    },
    dry_run: options.dryRun,
    ...(parent ? { parent_run: parent } : {}),
  };
}

function compiledOf({ reading }: Plan, row: Row) {
  const compiled = reading.compiled[row.input];
  if (!compiled) throw new Error(`row of an unknown input ${row.input}`);
  return compiled;
}

/** Begins what ends a run by the clock: the drain once a stop is asked for, and `--stop-after`. */
function startTimers(options: RunOptions, stop: Stop): { clear(): void } {
  const timers: NodeJS.Timeout[] = [];
  const drain = (): void => {
    timers.push(setTimeout(() => stop.abort(), options.drainTimeoutMs));
  };
  if (stop.draining.aborted) drain();
  else stop.draining.addEventListener('abort', drain);
  if (options.stopAfterMs !== undefined) {
    const message = 'the time given by --stop-after is over';
    const error = new RunError('ERR_STOP_AFTER', message, { exitCode: EXIT.stopped });
    timers.push(setTimeout(() => stop.fail(error), options.stopAfterMs));
  }
  return { clear: () => timers.forEach(clearTimeout) };
}

function tellOfBadRow(log: Logger, line: RowLine, tally: Tally): void {
  if (!line.error) return;
  const { code, message, column } = line.error;
  const level = tally.countOf(line.error) <= LOGGED_PER_CAUSE ? 'warn' : 'debug';
  log[level](
    { row: line.row, line: line.line, status: line.status, code, ...(column ? { column } : {}) },
    message,
  );
}

interface Outcomes {
  readonly rows: number;
  readonly bad: number;
}

function tooManyErrors(share: Share, { rows, bad }: Outcomes): boolean {
  if (share.kind === 'rows') return bad > share.rows;
  return rows >= OUTCOMES_TO_JUDGE && bad * 100 > rows * share.percent;
}

function tooMany(share: Share, { rows, bad }: Outcomes): RunError {
  const bound = share.kind === 'rows' ? `${share.rows}` : `${share.percent}%`;
  return new RunError(
    'ERR_MAX_ERRORS',
    `${bad} of ${rows} rows ended badly, more than --max-errors ${bound}`,
    {
      exitCode: EXIT.stopped,
    },
  );
}

function signalExit(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
}
