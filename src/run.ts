import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { accountOf, credentialsMissing, readCredentials } from './account.ts';
import { summarise, writeSummary } from './ending.ts';
import { EXIT, RunError } from './errors.ts';
import type { Host } from './host.ts';
import { createLogger, type Logger } from './logger.ts';
import { resolvedMapping } from './mapping/resolved.ts';
import { type PipelineCounts, runPipeline } from './pipeline.ts';
import { openReading, type Reading } from './reading.ts';
import { Journal } from './results/journal.ts';
import { JOURNAL_VERSION, type RowLine, type RunLine } from './results/lines.ts';
import { Meter } from './results/meter.ts';
import { createRunDirectory, defaultRunDirectory, FILES, linkLatest } from './results/run-directory.ts';
import { summaryText } from './results/summary-text.ts';
import { Tally } from './results/tally.ts';
import type { RunOptions, Share } from './run-options.ts';
import { createSending } from './sending.ts';
import { Stop } from './stop.ts';
import { startTelling } from './telling.ts';
import type { Row } from './types.ts';
import { VERSION } from './version.ts';

/** Bad rows of one cause that are logged at `warn`; further ones are `debug`. */
const LOGGED_PER_CAUSE = 5;
/** Outcomes before a percentage of bad ones means anything. */
const OUTCOMES_TO_JUDGE = 100;

/** The main job: puts the parts together, runs the pipeline, writes the summary. Gives the exit code. */
export async function run(options: RunOptions, host: Host): Promise<number> {
  const log = await createLogger(host, { level: options.logLevel, format: options.logFormat });
  const stop = new Stop();
  const deafen = host.onSignal((signal) => stop.request({ kind: 'signal', signal }));
  const credentials = readCredentials(host.env);
  if (!credentials && !options.dryRun) throw credentialsMissing();
  const reading = await openReading(options, host, log, stop.draining);
  try {
    return await work(options, host, log, stop, reading, credentials ?? { apiKey: '', apiSecret: '' });
  } finally {
    deafen();
    await reading.close();
  }
}

// --- internal ---

async function work(
  options: RunOptions,
  host: Host,
  log: Logger,
  stop: Stop,
  reading: Reading,
  credentials: { readonly apiKey: string; readonly apiSecret: string },
): Promise<number> {
  const { clock } = host;
  const began = clock.monotonic();
  const { sources, compiled } = reading;
  const shapes = sources.map(({ shape }) => shape);
  const notes = new Set<string>(compiled.flatMap(({ warnings }) => warnings));
  for (const note of notes) log.warn(note);

  const dir = createRunDirectory(
    options.runDir ?? defaultRunDirectory(options.inputs[0] ?? '-', clock.now(), clock.random()),
  );
  const header = headerOf(options, reading, accountOf(options.baseUrl, credentials.apiKey), clock.now());
  const tally = new Tally();
  const meter = new Meter();
  const counts: PipelineCounts = { read: 0, pending: 0, inFlight: 0 };
  const journal = new Journal({
    dir,
    shapes,
    onBroken: (error) => stop.fail(error),
    onWritten(line) {
      tally.add(line);
      tellOfBadRow(log, line, tally);
      if (tooManyErrors(options.maxErrors, tally)) stop.fail(tooMany(options.maxErrors, tally));
    },
  });
  writeFileSync(
    join(dir, FILES.mapping),
    `${JSON.stringify(resolvedMapping(reading.mapping), undefined, 2)}\n`,
    {
      mode: 0o600,
    },
  );
  journal.write(header);
  linkLatest(dir);
  log.info({ run_dir: shown(dir), account: header.account, dry_run: options.dryRun }, 'run begins');

  const sending = await createSending({
    run: options,
    credentials,
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
  const isServerWait = (): boolean => sending.pace.paused || sending.outage.isOpen;
  meter.watch(() => ({
    isServerWait: isServerWait(),
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
        map: (row: Row) => compiledOf(reading, row).apply(row),
        deliver: sending.deliver,
        inLane: sending.inLane,
        record: (row, outcome) => journal.row(row, outcome, clock.now()),
        written: () => journal.written(),
        claim: () => 'ours',
        withoutSuperseded: (_row, patch) => patch,
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
  if (counts.read === 0 && !stop.reason) log.warn('the input has no rows');
  for (const { noticed } of compiled) for (const note of noticed()) notes.add(note);

  const summary = summarise({
    header,
    dir: shown(dir),
    tally,
    counts,
    lost: journal.lost,
    meter,
    rate: options.rate,
    durationS: (clock.monotonic() - began) / 1000,
    endedAt: clock.now(),
    reason: stop.reason,
    warnings: [...notes],
  });
  try {
    journal.write({ type: 'end', summary });
    writeSummary(dir, summary);
    await journal.close();
  } catch (error) {
    log.error({ run_dir: shown(dir) }, 'the summary could not be written to the run directory');
    if (!stop.reason) throw error;
  }
  host.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  return summary.exit_code;
}

function headerOf(options: RunOptions, reading: Reading, account: string, now: number): RunLine {
  return {
    type: 'run',
    version: JOURNAL_VERSION,
    run_id: randomUUID(),
    tool_version: VERSION,
    started_at: new Date(now).toISOString(),
    account,
    base_url: options.baseUrl,
    inputs: reading.identities,
    mapping_hash: createHash('sha256')
      .update(JSON.stringify(resolvedMapping(reading.mapping)))
      .digest('hex')
      .slice(0, 16),
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
  };
}

function compiledOf(reading: Reading, row: Row) {
  const compiled = reading.compiled[row.input];
  if (!compiled) throw new Error(`row of an unknown input ${row.input}`);
  return compiled;
}

/** Begins what ends a run by the clock: the drain once a stop is asked for, and `--stop-after`. */
function startTimers(options: RunOptions, stop: Stop): { clear(): void } {
  const timers: NodeJS.Timeout[] = [];
  stop.draining.addEventListener('abort', () => {
    timers.push(setTimeout(() => stop.abort(), options.drainTimeoutMs));
  });
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

function tooManyErrors(share: Share, tally: Tally): boolean {
  if (share.kind === 'rows') return tally.bad > share.rows;
  return tally.rows >= OUTCOMES_TO_JUDGE && tally.bad * 100 > tally.rows * share.percent;
}

function tooMany(share: Share, tally: Tally): RunError {
  const bound = share.kind === 'rows' ? `${share.rows}` : `${share.percent}%`;
  return new RunError(
    'ERR_MAX_ERRORS',
    `${tally.bad} of ${tally.rows} rows ended badly, more than --max-errors ${bound}; see the causes above`,
    { exitCode: EXIT.stopped },
  );
}

/** A path as short as the user would type it. */
function shown(dir: string): string {
  const short = relative('.', dir);
  return short !== '' && !short.startsWith('..') ? short : dir;
}
