import { join } from 'node:path';
import { accountBehaviorFrom } from '../account/account-behavior.ts';
import { findingsDirectories } from '../account/account-files.ts';
import { learnedRateFile } from '../account/learned-rate.ts';
import { redactApiError } from '../client/answer/redact.ts';
import { createPageReader, openClient } from '../client/client.ts';
import { listWidth } from '../client/lookup/estimate-list.ts';
import type { Listed } from '../client/lookup/list-contacts.ts';
import type { Workers } from '../coordination/workers.ts';
import type { Credentials } from '../core/credentials.ts';
import { durationText } from '../core/duration-text.ts';
import { EXIT, RunError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { RunContext } from '../core/run-context.ts';
import { shownPath } from '../core/shell-text.ts';
import { type Shutdown, SIGNAL_EXIT } from '../core/shutdown.ts';
import type { Rate } from '../core/types.ts';
import { plural } from '../journal/summary-text.ts';
import { noteSender, wasSentByOthers } from '../state/last-sender.ts';
import { readRunCount } from '../state/run-count.ts';
import { createEta } from '../telemetry/eta.ts';
import { Meter } from '../telemetry/meter.ts';
import { startProgressDisplay } from '../telemetry/progress-display.ts';
import { waitReasonText } from '../telemetry/wait-reason.ts';
import { type Pulled, pullInto } from './pull-contacts.ts';
import { type PullProgress, type PullSummary, pullLine } from './pull-summary.ts';

/** How requests of a pull are sent; `pull` and `run` have the same options. */
export interface AccountPullOptions {
  readonly rate: Rate;
  readonly maxRate?: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly outageBudgetMs: number;
  readonly progress: boolean;
}

export interface AccountPull {
  readonly options: AccountPullOptions;
  readonly baseUrl: string;
  readonly account: string;
  /** Absolute directory of the state. */
  readonly dir: string;
  readonly credentials: Credentials;
  readonly workers: Workers | undefined;
  /** Folders of runs from which the account may have been sent to. */
  readonly roots: readonly string[];
  /** The one among them whose runs use the state; undefined where that cannot be told. */
  readonly own: string | undefined;
}

/**
 * Reads the contacts of an account into the state. The caller holds the lock of the account. When `context.stop` drains, the
 * pull cuts the pages that it is reading and stops; the next pull continues from there.
 */
export async function pullAccount(
  { options, baseUrl, account, dir, credentials, workers, roots, own }: AccountPull,
  host: Host,
  context: RunContext,
): Promise<PullSummary> {
  const { rate } = options;
  const { clock, log, stop } = context;
  const cut = (): void => stop.abort(); // nothing is lost with a read that is cut
  if (stop.draining.aborted) cut();
  stop.draining.addEventListener('abort', cut, { once: true });
  const began = clock.monotonic();
  const meter = new Meter();
  const { openState } = await import('../state/open-state.ts');
  const state = await openState(dir, account, 'pull', {
    clock,
    isOutdated: wasSentByOthers(roots, account, readRunCount(dir, account).id),
    onNote: (note) => log.warn(note),
  });
  try {
    // what is read from now on is newer than whatever was sent before
    noteSender({ own, roots }, account, readRunCount(dir, account).id);
  } catch {
    // the next run finds the name of another sender, and sends more
  }
  for (const note of state.notes) log.warn(note);
  const width = listWidth(rate === 'auto' ? undefined : rate);
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
      concurrency: 2 * width, // those that come next are asked for as well
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
    stop.draining.removeEventListener('abort', cut);
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

// --- internal ---

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
        ? 'the API does not say how many contacts there are (meta.count), so the pull cannot tell when it has read all of them'
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
