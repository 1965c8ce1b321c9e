import { join, resolve } from 'node:path';
import { accountBehaviorFrom } from '../../account/account-behavior.ts';
import { findingsDirectories } from '../../account/account-files.ts';
import { learnedRateFile } from '../../account/learned-rate.ts';
import { redactApiError } from '../../client/answer/redact.ts';
import { createPageReader, openClient } from '../../client/client.ts';
import type { Listed } from '../../client/lookup/list-contacts.ts';
import { openAccountSession } from '../../coordination/account-session.ts';
import { readWorkersAddress, type Workers } from '../../coordination/workers.ts';
import { LIVEDESK_URL } from '../../core/base-url.ts';
import { accountOf, type Credentials, requireCredentials } from '../../core/credentials.ts';
import { durationText } from '../../core/duration-text.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import type { RunContext } from '../../core/run-context.ts';
import { shownPath } from '../../core/shell-text.ts';
import { type Shutdown, SIGNAL_EXIT } from '../../core/shutdown.ts';
import type { Rate } from '../../core/types.ts';
import { DEFAULT_STATE, RUNS_ROOT } from '../../journal/run-directory.ts';
import { plural } from '../../journal/summary-text.ts';
import { faultOfDefaultState } from '../../state/default-state.ts';
import { noteSender, wasSentByOthers } from '../../state/last-sender.ts';
import { readRunCount } from '../../state/run-count.ts';
import { createEta } from '../../telemetry/eta.ts';
import { Meter } from '../../telemetry/meter.ts';
import { startProgressDisplay } from '../../telemetry/progress-display.ts';
import { waitReasonText } from '../../telemetry/wait-reason.ts';
import { openCommandContext } from '../command-context.ts';
import { type Pulled, pullInto } from './pull-contacts.ts';
import type { PullOptions } from './pull-options.ts';
import { type PullProgress, type PullSummary, pullLine, pullText } from './pull-summary.ts';

/** Reads the contacts of the account into the state and writes a summary. Gives the exit code. */
export async function pullContacts(options: PullOptions, host: Host): Promise<number> {
  using context = await openCommandContext(options, host, {
    draining: 'pages that are being read are cut',
    left: () => 'the state keeps what was read; the same pull goes on from there',
  });
  const { stop } = context;
  stop.draining.addEventListener('abort', () => stop.abort()); // nothing is lost with a read that is cut
  const credentials = requireCredentials(host.env);
  const address = readWorkersAddress(host.env, options.rate);
  const baseUrl = options.baseUrl ?? LIVEDESK_URL;
  const account = accountOf(baseUrl, credentials.apiKey);
  const dir = stateOf(options);
  await using session = await openAccountSession(
    {
      account,
      dir: join(dir, account),
      roots: [dir],
      isReadOnly: false,
      waitLockMs: options.waitLockMs,
      workers: address,
      pid: host.pid,
      uid: host.uid,
    },
    context,
  );
  const settled = { options, baseUrl, account, dir, credentials, workers: session.workers };
  const summary = await readAll(settled, host, context);
  host.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : pullText(summary));
  return summary.exit_code;
}

// --- internal ---

/** The absolute directory of the state. Throws `RunError` (2) where one that was not named cannot be there. */
function stateOf({ state = DEFAULT_STATE }: PullOptions): string {
  const dir = resolve(state);
  const fault = state === DEFAULT_STATE ? faultOfDefaultState(dir) : undefined;
  if (fault === undefined) return dir;
  throw new RunError(
    'ERR_STATE',
    `there can be no state in ${shownPath(dir)} (${fault}): name a directory on a local disk with --state`,
  );
}

interface Settled {
  readonly options: PullOptions;
  readonly baseUrl: string;
  readonly account: string;
  /** Absolute. */
  readonly dir: string;
  readonly credentials: Credentials;
  readonly workers: Workers | undefined;
}

async function readAll(settled: Settled, host: Host, context: RunContext): Promise<PullSummary> {
  const { options, baseUrl, account, dir, credentials, workers } = settled;
  const { rate } = options;
  const { clock, log, stop } = context;
  const began = clock.monotonic();
  const meter = new Meter();
  const { openState } = await import('../../state/open-state.ts');
  const roots = [resolve(RUNS_ROOT)];
  const state = await openState(dir, account, 'pull', {
    clock,
    isOutdated: wasSentByOthers(roots, account, readRunCount(dir, account).id),
    onNote: (note) => log.warn(note),
  });
  try {
    // what is read from now on is newer than whatever was sent before
    const own = dir === resolve(DEFAULT_STATE) ? roots[0] : undefined;
    noteSender({ own, roots }, account, readRunCount(dir, account).id);
  } catch {
    // the next run finds the name of another sender, and sends more
  }
  for (const note of state.notes) log.warn(note);
  const width = widthFor(rate);
  const { page, listOrder } = accountBehaviorFrom(findingsDirectories(account, dir, host.env), account);
  if (page) {
    log.info({ page_size: page.size, probed_at: page.at }, 'the size of pages is what a probe found');
  }
  if (listOrder) {
    log.info(
      { order: listOrder.value, probed_at: listOrder.at },
      'how contacts stand that were made at the same moment is what a probe found',
    );
  }
  const client = await openClient(
    {
      baseUrl,
      credentials,
      rate,
      maxRate: options.maxRate,
      memory: learnedRateFile(dir, account),
      workers,
      concurrency: width,
      timeoutMs: options.timeoutMs,
      outageBudgetMs: options.outageBudgetMs,
      isReadOnly: true,
      meter,
    },
    context,
  );
  let count = 0;
  let reached = { met: 0 };
  const left = createEta();
  const silence = startProgressDisplay(host, log, options.progress, look, pullLine);
  function look(): PullProgress {
    const share = count === 0 ? undefined : Math.min(1, reached.met / count);
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
      ask: createPageReader({ client, maxAttempts: options.maxAttempts, stop }),
      width,
      largePage: page?.size,
      ties: listOrder?.value,
      clock,
      onForecast(forecast, from) {
        count = forecast.count;
        reached = from ?? { met: 0 };
        const left = from?.sweep === 'age' ? from.next : forecast.pages;
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
  const overlong = pulled?.overlong ?? { count: 0, ids: [] };
  if (overlong.count > 0) {
    log.warn(
      { contacts: overlong.count, contact_ids: overlong.ids },
      'these contacts have a city or country of more than 255 characters: LiveDesk takes one more change of them and refuses every later one; shorten the value with the first change, or leave them alone',
    );
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
    overlong: overlong.count,
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
    return new RunError(reason.signal, 'a signal ended it', { exitCode: SIGNAL_EXIT[reason.signal] });
  }
  const exitCode = EXIT.stopped;
  if (listed !== 'pending' && listed.kind === 'refused') {
    const api = redactApiError(listed.api, []); // it may quote a contact
    const said = api.text ?? api.code;
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
    `${plural(missing, 'contact')} did not show on any page, whether all contacts were read by age, e-mail, activity, phone or name: some have none of these to themselves, and the API keeps such contacts in no order. Reading again would not show them`,
    { exitCode },
  );
}
