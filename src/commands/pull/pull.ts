import { join, resolve } from 'node:path';
import { accountBehaviorFrom } from '../../account/account-behavior.ts';
import { findingsDirectories } from '../../account/account-files.ts';
import { learnedRateFile } from '../../account/learned-rate.ts';
import { createAsking, openClient } from '../../client/client.ts';
import type { Listed } from '../../client/lookup/list-contacts.ts';
import { takeLock } from '../../coordination/account-lock.ts';
import { openWorkers, readWorkersAddress, type Workers } from '../../coordination/workers.ts';
import { LIVEDESK_URL } from '../../core/base-url.ts';
import { accountOf, type Credentials, credentialsMissing, readCredentials } from '../../core/credentials.ts';
import { durationText } from '../../core/duration-text.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { createLogger, type Logger } from '../../core/logger.ts';
import { shownPath } from '../../core/shell-text.ts';
import { Shutdown } from '../../core/shutdown.ts';
import type { Rate } from '../../core/types.ts';
import { plural } from '../../journal/summary-text.ts';
import { createEta } from '../../telemetry/eta.ts';
import { Meter } from '../../telemetry/meter.ts';
import { startProgressDisplay } from '../../telemetry/progress-display.ts';
import { waitReasonText } from '../../telemetry/wait-reason.ts';
import { type Pulled, pullInto } from './pull-contacts.ts';
import type { PullOptions } from './pull-options.ts';
import { type PullProgress, type PullSummary, pullLine, pullText } from './pull-summary.ts';

/** Reads the contacts of the account into the state and writes a summary. Gives the exit code. */
export async function pullContacts(options: PullOptions, host: Host): Promise<number> {
  const { clock } = host;
  const log = await createLogger(host, { level: options.logLevel, format: options.logFormat });
  const credentials = readCredentials(host.env);
  if (!credentials) throw credentialsMissing();
  const meeting = readWorkersAddress(host.env, options.rate);
  const baseUrl = options.baseUrl ?? LIVEDESK_URL;
  const account = accountOf(baseUrl, credentials.apiKey);
  const dir = resolve(options.state);
  const stop = new Shutdown();
  const deafen = host.onSignal((signal) => {
    stop.request({ kind: 'signal', signal });
    stop.abort(); // nothing is lost with a read that is cut
  });
  try {
    const holder = {
      run_dir: join(dir, account),
      since: new Date(clock.now()).toISOString(),
      pid: host.pid,
    };
    const release = await takeLock({
      account,
      uid: host.uid,
      roots: [dir],
      holder,
      clock,
      waitMs: options.waitLockMs,
      draining: stop.draining,
      onWait: (holder) => log.info({ held_by: holder?.run_dir }, 'waiting for another run of this account'),
      onUnguarded: () =>
        log.warn(
          'no lock can be kept on these file systems: make sure that no other run of this account is going on',
        ),
    });
    let workers: Workers | undefined;
    try {
      const { waitLockMs } = options;
      const shared = { account, waitLockMs, holder };
      if (meeting) workers = await openWorkers(meeting, shared, clock, log, stop);
      const settled = { ...options, baseUrl, account, dir, credentials, workers };
      const summary = await readAll(settled, host, log, stop);
      host.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : pullText(summary));
      return summary.exit_code;
    } finally {
      await workers?.close();
      release();
    }
  } finally {
    deafen();
  }
}

// --- internal ---

type Settled = PullOptions & {
  readonly baseUrl: string;
  readonly account: string;
  /** Absolute. */
  readonly dir: string;
  readonly credentials: Credentials;
  readonly workers: Workers | undefined;
};

async function readAll(options: Settled, host: Host, log: Logger, stop: Shutdown): Promise<PullSummary> {
  const { account, dir, rate } = options;
  const { clock } = host;
  const began = clock.monotonic();
  const meter = new Meter();
  const { openState } = await import('../../state/open-state.ts');
  const state = await openState(dir, account, 'pull', { clock, onNote: (note) => log.warn(note) });
  for (const note of state.notes) log.warn(note);
  const width = widthFor(rate);
  const { page } = accountBehaviorFrom(findingsDirectories(account, dir, host.env), account);
  if (page) {
    log.info({ page_size: page.size, probed_at: page.at }, 'the size of pages is what a probe found');
  }
  const client = await openClient({
    ...options,
    memory: learnedRateFile(dir, account),
    concurrency: width,
    isReadOnly: true,
    inFlight: () => width,
    clock,
    stop,
    log,
    meter,
  });
  let pages = 0;
  let reached = { met: 0, next: 0 };
  const left = createEta();
  const silence = startProgressDisplay(host, log, options.progress, look, pullLine);
  function look(): PullProgress {
    const share = pages === 0 ? undefined : 1 - reached.next / pages;
    return {
      contacts: reached.met,
      share,
      rate: meter.recentRate(clock.monotonic()),
      waiting: waitReasonText({ outageMs: client.breaker.lastsMs, pauseMs: client.rateLimiter.pauseLeftMs }),
      leftS: left((clock.monotonic() - began) / 1000, share),
    };
  }
  let pulled: Pulled | undefined;
  try {
    pulled = await pullInto({
      state,
      ask: createAsking({ client, maxAttempts: options.maxAttempts, clock, stop, meter }),
      width,
      largePage: page?.size,
      clock,
      onForecast(forecast, from) {
        pages = forecast.pages;
        reached = from ?? { met: 0, next: pages };
        const left = from?.next ?? pages;
        const { allowed } = client;
        const time =
          allowed === undefined || rate === 'auto' ? '' : `, ${durationText(left / allowed)} at ${allowed}/s`;
        const more = from ? ` Going on with an earlier pull.` : '';
        log.info(
          { contacts: forecast.count, page_size: forecast.pageSize, calls: left },
          `${plural(forecast.count, 'contact')}, ${forecast.pageSize} on a page: ${plural(left, 'call')}${time}.${more}`,
        );
      },
      onProgress(progress) {
        reached = progress;
      },
    });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    stop.fail(error);
  } finally {
    silence();
    client.close();
    await state.close();
  }
  const listed = pulled?.listed ?? 'pending';
  const isListed = listed !== 'pending' && listed.kind === 'listed';
  const problem = isListed && listed.isComplete ? undefined : problemOf(listed, stop);
  return {
    account,
    state: shownPath(join(dir, account)),
    complete: problem === undefined,
    contacts: isListed ? listed.met : reached.met,
    contacts_in_account: isListed ? listed.count : null,
    gone: pulled?.gone ?? 0,
    resumed: pulled?.isResumed ?? false,
    requests: meter.requests,
    retries: meter.retries,
    throttled: meter.throttled,
    duration_s: Math.round(clock.monotonic() - began) / 1000,
    rate: { allowed: client.allowed ?? null, achieved: meter.achieved() },
    stopped: problem ? { code: problem.code, message: problem.message } : null,
    exit_code: problem?.exitCode ?? EXIT.ok,
  };
}

/** Enough pages at a time to hold the rate if an answer takes half a second. */
function widthFor(rate: Rate): number {
  return rate === 'auto' ? 16 : Math.min(16, Math.max(1, Math.ceil(rate / 2)));
}

/** Why the account was not read to its end. */
function problemOf(listed: Listed, { reason }: Shutdown): RunError {
  if (reason?.kind === 'error') return reason.error;
  if (reason) {
    const exitCode = reason.signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    return new RunError(reason.signal, 'a signal ended it', { exitCode });
  }
  const exitCode = EXIT.stopped;
  if (listed !== 'pending' && listed.kind === 'refused') {
    const said = listed.api.text ?? listed.api.code;
    const status = listed.api.status > 0 ? ` (${listed.api.status}${said ? `: ${said}` : ''})` : '';
    const message =
      listed.code === 'ERR_NO_COUNT'
        ? 'the API does not say how many contacts there are (meta.count), so nobody can tell when all were read'
        : `the API did not give a page of contacts${status}`;
    return new RunError(listed.code, message, { exitCode });
  }
  const missing = listed === 'pending' ? 0 : listed.count - listed.met;
  return new RunError(
    'ERR_PULL_INCOMPLETE',
    `${plural(missing, 'contact')} did not show on any page, in three readings of all of them: the API does not keep contacts of one second in order`,
    { exitCode },
  );
}
