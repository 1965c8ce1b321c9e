import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findProxyAgent } from '../../../client/http/proxy.ts';
import { LIVEDESK_URL } from '../../../core/base-url.ts';
import { accountOf, readCredentials, readSecretUrl } from '../../../core/credentials.ts';
import { codeOf, EXIT, RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { Logger } from '../../../core/logger.ts';
import { shardText } from '../../../core/shard.ts';
import { VERSION } from '../../../core/version.ts';
import { RUNS_ROOT } from '../../../journal/run-directory.ts';
import type { Summary } from '../../../journal/summary.ts';
import { Tally } from '../../../journal/tally.ts';
import type { JobChange, JobStatus } from '../../../telemetry/job-status.ts';
import type { MetricsFile } from '../../../telemetry/metrics-file.ts';
import type { RunMetrics } from '../../../telemetry/open-metrics.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions } from '../run-options.ts';

/** Counts of a run that goes on. */
export type Counts = Pick<
  RunMetrics,
  'statuses' | 'pending' | 'requests' | 'retries' | 'throttled' | 'rate' | 'latencyMs'
>;

/** Tells machines how a run goes: a file of metrics, and a notice when the outcome changes. */
export interface Notifications {
  /** The run begins; `look` is asked now and then. */
  begins(plan: Plan, look: () => Counts): void;
  /** It ended with a summary. */
  ended(plan: Plan, summary: Summary): Promise<void>;
  /** It ended without one. */
  failed(error: unknown): Promise<void>;
}

/** How often the metrics are written while a run goes on. */
const WRITE_MS = 15_000;
/** Longest time by which a notice delays the end of a run. */
const NOTICE_MS = 10_000;

/** Throws `RunError` (exit 2) where the metrics file or the URL of notices cannot be used. Dry runs tell nothing. */
export async function createNotifications(
  options: RunOptions,
  host: Host,
  log: Logger,
): Promise<Notifications> {
  const { clock } = host;
  const notifyUrl = readSecretUrl(host.env, 'LIVEDESK_NOTIFY_URL');
  if (options.dryRun) return { begins() {}, async ended() {}, async failed() {} };

  const startedAt = clock.now();
  let account = accountAsGiven(options, host);
  let shard = shardAsGiven(options);
  const { metricsFile } = options;
  let jobName = options.job;
  const metrics = metricsFile === undefined ? undefined : await import('../../../telemetry/metrics-file.ts');
  const labels = () => ({ account, job: jobName ?? basename(metricsFile ?? '', '.prom'), shard });
  const open = (): MetricsFile | undefined =>
    metricsFile === undefined ? undefined : metrics?.openMetricsFile(metricsFile, labels());
  let file = open();
  let timer: NodeJS.Timeout | undefined;
  let hasComplained = false;

  const write = (counts: Counts, ended?: RunMetrics['ended']): void => {
    try {
      file?.write({
        ...labels(),
        toolVersion: VERSION,
        startedAt,
        ...counts,
        ...(ended ? { ended } : {}),
      });
    } catch (error) {
      if (!hasComplained) log.warn(`the metrics could not be written to --metrics-file: ${codeOf(error)}`);
      hasComplained = true;
    }
  };

  /** Posts a notice if `job` now stands otherwise than before. A job that failed before it could begin is one, too. */
  const notify = async (root: string, job: string | undefined, told: Told): Promise<void> => {
    if (!notifyUrl) return;
    const { changeOf, stateAfter } = await import('../../../telemetry/job-status.ts');
    const state = stateAfter(told.exitCode, told.code);
    if (!state) return;
    try {
      const { openJobStatusFile } = await import('../../../telemetry/job-status-file.ts');
      mkdirSync(root, { recursive: true, mode: 0o700 });
      const standings = openJobStatusFile(join(root, standingsFile(shard)));
      const beginning = beginningOf(options);
      const couldNotBegin = standings.of(beginning)?.state === 'failing';
      const before = couldNotBegin ? standings.of(beginning) : standings.of(job ?? beginning);
      const change = changeOf(before, state);
      if (change) {
        const proxy = await findProxyAgent(notifyUrl.href, 1);
        const { postJson } = await import('../../../telemetry/webhook.ts');
        const fault = await postJson(notifyUrl, noticeOf(change, before, { ...told, job: jobName }), {
          timeoutMs: NOTICE_MS,
          ...(proxy ? { agent: proxy.agent } : {}),
        });
        if (fault !== undefined) {
          log.warn(`the notice (LIVEDESK_NOTIFY_URL) was not taken: ${fault}; the next run tries again`);
          return;
        }
        log.info({ event: change }, 'notice sent');
      }
      const since = new Date(clock.now()).toISOString();
      const now: JobStatus = change || !before ? { state, since } : { state, since: before.since };
      standings.set(job ?? beginning, now);
      if (couldNotBegin && job !== undefined) standings.set(beginning, { state: 'ok', since });
    } catch (error) {
      log.warn(`no notice: ${error instanceof RunError ? error.message : codeOf(error)}`);
    }
  };

  return {
    begins(plan, look) {
      account = plan.account;
      shard = plan.shard && shardText(plan.shard);
      jobName = plan.options.job;
      file = open();
      write(look());
      timer = setInterval(() => write(look()), WRITE_MS);
      timer.unref();
    },
    async ended(plan, summary) {
      clearInterval(timer);
      const { exit_code: exitCode, stopped, rate, latency_ms: latencyMs } = summary;
      const { allowed, achieved } = rate;
      const counts = { ...summary, latencyMs, rate: { allowed: allowed ?? undefined, achieved } };
      write(counts, { at: clock.now(), exitCode });
      const { job: name } = plan.options;
      const job = nameOf([
        plan.account,
        name === undefined ? mappingHash(plan.reading.mapping) : `job ${name}`,
      ]);
      const told = { exitCode, text: textOf(summary), summary };
      await notify(dirname(plan.dir), job, stopped ? { ...told, code: stopped.code } : told);
    },
    async failed(error) {
      clearInterval(timer);
      const [exitCode, code, text] =
        error instanceof RunError
          ? [error.exitCode, error.code, `exit code ${error.exitCode}: ${error.message} (${error.code})`]
          : [EXIT.bug, 'BUG', `exit code ${EXIT.bug}: a bug of the program; its log says more`];
      write(NOTHING_DONE, { at: clock.now(), exitCode });
      const root = options.runDir === undefined ? RUNS_ROOT : dirname(resolve(options.runDir));
      await notify(root, undefined, { exitCode, code, text });
    },
  };
}

// --- internal ---

/** What a notice tells of. */
interface Told {
  readonly job?: string | undefined;
  readonly exitCode: number;
  readonly code?: string;
  readonly text: string;
  readonly summary?: Summary;
}

const NOTHING_DONE: Counts = {
  statuses: new Tally().statuses,
  pending: 0,
  requests: 0,
  retries: 0,
  throttled: 0,
  rate: { allowed: undefined, achieved: 0 },
  latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
};

/** `text` is what chat services show of a posted object. */
function noticeOf(
  event: JobChange,
  before: JobStatus | undefined,
  { job, exitCode, code, text, summary }: Told,
): object {
  const whose = job === undefined ? '' : `job ${job} `;
  const what = event === 'failing' ? 'is failing' : 'has recovered';
  return {
    event,
    ...(job === undefined ? {} : { job }),
    text: `livedesk-sync ${whose}${what}: ${text}`,
    exit_code: exitCode,
    ...(code === undefined ? {} : { code }),
    ...(event === 'recovered' && before ? { failing_since: before.since } : {}),
    ...(summary ? { summary } : {}),
  };
}

function textOf({ exit_code, stopped, statuses, rows_read, pending, run_dir }: Summary): string {
  const bad = statuses.invalid + statuses.rejected + statuses.failed;
  const rows = `${rows_read} rows read, ${bad} ended badly, ${pending} pending; ${run_dir}`;
  return `exit code ${exit_code}${stopped ? `, ${stopped.message} (${stopped.code})` : ''}; ${rows}`;
}

/** Names a job that may not even begin, by what it was told to do. */
function beginningOf({ job, mapping, inputs, resume, retry, baseUrl = LIVEDESK_URL }: RunOptions): string {
  if (job !== undefined) return nameOf([baseUrl, `job ${job}`]);
  return nameOf([
    baseUrl,
    resume ?? retry ?? (typeof mapping === 'string' ? resolve(mapping) : inputs.join('\n')),
  ]);
}

function nameOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** Shards work side by side: each keeps a file of its own. */
function standingsFile(shard: string | undefined): string {
  return `.standings${shard === undefined ? '' : `-${shard.replace('/', 'of')}`}.json`;
}

/** The shard as far as it is known before a run is planned. */
function shardAsGiven({ shard }: RunOptions): string | undefined {
  return shard && shard.index !== 'auto' ? shardText({ index: shard.index, of: shard.of }) : undefined;
}

/** The account as far as it is known before a run is planned. */
function accountAsGiven({ baseUrl = LIVEDESK_URL }: RunOptions, { env }: Host): string {
  try {
    const credentials = readCredentials(env);
    return credentials ? accountOf(baseUrl, credentials.apiKey) : '';
  } catch {
    return ''; // planning says what is wrong with them
  }
}
