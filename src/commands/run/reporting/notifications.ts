import { basename, resolve } from 'node:path';
import { accountBehind } from '../../../account/rotated-keys.ts';
import { LIVEDESK_URL } from '../../../core/base-url.ts';
import { commandText, type NextStep } from '../../../core/command-text.ts';
import { accountOf, readCredentials, readSecretUrl } from '../../../core/credentials.ts';
import { codeOf, EXIT, RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { Logger } from '../../../core/logger.ts';
import { shardText } from '../../../core/shard.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { VERSION } from '../../../core/version.ts';
import { runName } from '../../../journal/find-run.ts';
import { DEFAULT_STATE } from '../../../journal/run-directory.ts';
import type { Summary } from '../../../journal/summary.ts';
import { Tally } from '../../../journal/tally.ts';
import type { MetricsFile } from '../../../telemetry/metrics-file.ts';
import type { RunMetrics } from '../../../telemetry/open-metrics.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions } from '../run-options.ts';
import { endOfRun, jobAsGiven, noteEnd, rootAsGiven } from './notices.ts';

/** Counts of a run that goes on. */
export type Counts = Pick<
  RunMetrics,
  'statuses' | 'newBadRows' | 'pending' | 'requests' | 'retries' | 'throttled' | 'rate' | 'latencyMs'
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
      const { exit_code: exitCode, rate, latency_ms: latencyMs } = summary;
      const { allowed, achieved } = rate;
      const counts = {
        ...summary,
        newBadRows: summary.new_bad_rows,
        latencyMs,
        rate: { allowed: allowed ?? undefined, achieved },
      };
      write(counts, { at: clock.now(), exitCode });
      await noteEnd(endOfRun(plan, summary), plan.options, notifyUrl, host, log);
    },
    async failed(error) {
      clearInterval(timer);
      const [exitCode, code, what] =
        error instanceof RunError
          ? [error.exitCode, error.code, `exit code ${error.exitCode}: ${error.message} (${error.code})`]
          : [EXIT.bug, 'BUG', `exit code ${EXIT.bug}: a bug of the program; its log says more`];
      write(NOTHING_DONE, { at: clock.now(), exitCode });
      const job = jobAsGiven(options, account, shard);
      const end = {
        job,
        asGiven: [],
        root: rootAsGiven(options),
        exitCode,
        code,
        what,
        next: againStep(options),
      };
      await noteEnd(end, options, notifyUrl, host, log);
    },
  };
}

// --- internal ---

const NOTHING_DONE: Counts = {
  statuses: new Tally().statuses,
  pending: 0,
  requests: 0,
  retries: 0,
  throttled: 0,
  rate: { allowed: undefined, achieved: 0 },
  latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
};

/** Once what the error names is put right: the same command again. */
function againStep({ job, inputs, given, resume, retry, baseUrl }: RunOptions): NextStep {
  const goesOn = {
    ...(resume ? { resume: runName(resume) } : {}),
    ...(retry ? { retry: runName(retry) } : {}),
  };
  const ofJob = job !== undefined && !resume && !retry;
  const isDefault = baseUrl === undefined || given.environment['base-url'] !== undefined;
  const command = ofJob
    ? commandText('run', [], {
        job,
        ...(typeof given.flags['config'] === 'string' ? { config: shownPath(given.flags['config']) } : {}),
      })
    : commandText('run', inputs.map(shownOf), {
        ...given.flags,
        ...(isDefault ? {} : { 'base-url': baseUrl }),
        ...goesOn,
      });
  return { words: 'put that right, then', command };
}

function shownOf(input: string): string {
  return input === '-' ? input : shownPath(resolve(input));
}

/** The shard as far as it is known before a run is planned. */
function shardAsGiven({ shard }: RunOptions): string | undefined {
  return shard && shard.index !== 'auto' ? shardText({ index: shard.index, of: shard.of }) : undefined;
}

/** The account as far as it is known before a run is planned. */
function accountAsGiven(
  { baseUrl = LIVEDESK_URL, state = DEFAULT_STATE }: RunOptions,
  { env }: Host,
): string {
  try {
    const credentials = readCredentials(env);
    return credentials ? accountBehind(accountOf(baseUrl, credentials.apiKey), [resolve(state)]) : '';
  } catch {
    return ''; // planning says what is wrong with them
  }
}
