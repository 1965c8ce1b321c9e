import { dirname, resolve } from 'node:path';
import { findProxyAgent } from '../../../client/http/proxy.ts';
import { LIVEDESK_URL } from '../../../core/base-url.ts';
import { type NextStep, stepsOf } from '../../../core/command-text.ts';
import { codeOf, RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { Logger } from '../../../core/logger.ts';
import { shardText } from '../../../core/shard.ts';
import { RUNS_ROOT } from '../../../journal/run-directory.ts';
import type { Summary } from '../../../journal/summary.ts';
import { badRowsText, plural } from '../../../journal/summary-text.ts';
import { jobChange, jobEnd } from '../../../telemetry/job-status.ts';
import { noticeBody, noticeFormatFor } from '../../../telemetry/notice.ts';
import { type JobIdentity, jobNameOf, openJobRecord } from '../../job-record.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions } from '../run-options.ts';

/** How a run ended, as a notice tells it. */
export interface NightEnd {
  readonly job: JobIdentity;
  /** What the job is called before its mapping is read, or without credentials: runs that could not begin are kept so. */
  readonly asGiven: readonly JobIdentity[];
  /** The folder of the run directories. */
  readonly root: string;
  readonly exitCode: number;
  readonly code?: string | undefined;
  /** What happened, in one line. */
  readonly what: string;
  readonly next?: NextStep | undefined;
  readonly summary?: Summary;
}

/** Longest time by which a notice delays the end of a run. */
const NOTICE_MS = 10_000;

/**
 * Keeps how a job stands now, and posts a notice where that is news. A notice that was not taken is posted by the next run,
 * since what it tells is kept only once it was.
 */
export async function noteEnd(
  end: NightEnd,
  options: RunOptions,
  url: URL | undefined,
  { clock }: Host,
  log: Logger,
): Promise<void> {
  if (!url) return;
  const now = jobEnd(end.exitCode, end.code);
  if (!now) return;
  try {
    const record = openJobRecord(end.root, end.job, options.sameAccount);
    const notBegun = end.asGiven
      .map((job) => openJobRecord(end.root, job))
      .filter(({ record: { status } }) => status && status.severity !== 'ok');
    const before = notBegun[0]?.record.status ?? record.record.status;
    const { summary } = end;
    const event = jobChange(before, now, summary?.new_bad_rows ?? 0);
    if (event) {
      const notice = {
        event,
        severity: now.severity,
        job: options.job,
        exit_code: end.exitCode,
        code: end.code,
        what: end.what,
        bad_rows: summary && { all: badRowsOf(summary), new: summary.new_bad_rows },
        next: end.next,
        failing_since: event === 'recovered' ? before?.since : undefined,
      };
      const proxy = await findProxyAgent(url.href, 1);
      const { postJson } = await import('../../../telemetry/webhook.ts');
      const format = options.notifyFormat ?? noticeFormatFor(url);
      const body = noticeBody(notice, format, summary ? { summary } : {});
      const fault = await postJson(url, body, {
        timeoutMs: NOTICE_MS,
        ...(proxy ? { agent: proxy.agent } : {}),
      });
      if (fault !== undefined) {
        log.warn(`the notice (LIVEDESK_NOTIFY_URL) was not taken: ${fault}; the next run tries again`);
        return;
      }
      log.info({ event, severity: now.severity }, 'notice sent');
    }
    const since = new Date(clock.now()).toISOString();
    const isAsBefore = before?.severity === now.severity;
    record.save({ status: { ...now, since: isAsBefore ? before.since : since } });
    for (const other of notBegun) other.save({ status: { severity: 'ok', since } });
  } catch (error) {
    log.warn(`no notice: ${error instanceof RunError ? error.message : codeOf(error)}`);
  }
}

/** The job whose run a plan is. */
export function jobOfPlan({ account, options, reading, shard }: Plan): JobIdentity {
  return {
    account,
    baseUrl: options.baseUrl,
    name: jobNameOf(options, `mapping ${mappingHash(reading.mapping)}`),
    ...(shard ? { shard: shardText(shard) } : {}),
  };
}

/** The job of a run that did not come to a plan, as far as the options say. */
export function jobAsGiven(options: RunOptions, account: string, shard: string | undefined): JobIdentity {
  const name = jobNameOf(
    options,
    options.inputs.map((input) => (input === '-' ? input : resolve(input))).join('\n'),
  );
  return {
    account,
    baseUrl: options.baseUrl ?? LIVEDESK_URL,
    name,
    ...(shard === undefined ? {} : { shard }),
  };
}

/** The end of a run that has a summary. */
export function endOfRun(plan: Plan, summary: Summary): NightEnd {
  const { exit_code: exitCode, stopped, next } = summary;
  const job = jobOfPlan(plan);
  const given = jobAsGiven(plan.options, job.account, job.shard);
  return {
    job,
    asGiven: [given, { ...given, account: '' }].filter(
      ({ account, name }) => account === '' || name !== job.name,
    ),
    root: dirname(plan.dir),
    exitCode,
    code: stopped?.code,
    what: whatOf(summary),
    next: next === undefined ? undefined : stepsOf(next)[0],
    summary,
  };
}

/** The folder in which a run that has no plan would have had its directory. */
export function rootAsGiven({ runDir }: RunOptions): string {
  return runDir === undefined ? RUNS_ROOT : dirname(resolve(runDir));
}

// --- internal ---

function badRowsOf({ statuses: { invalid, rejected, failed } }: Summary): number {
  return invalid + rejected + failed;
}

function whatOf(summary: Summary): string {
  const { exit_code, stopped, rows_read, pending, run_dir } = summary;
  const why = stopped ? `, ${stopped.message} (${stopped.code})` : '';
  const left = pending > 0 ? `, ${plural(pending, 'row')} pending` : '';
  return `exit code ${exit_code}${why}; ${plural(rows_read, 'row')} read, ${badRowsText(summary)}${left}; ${run_dir}`;
}
