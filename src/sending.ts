import type { Credentials } from './account.ts';
import type { Clock } from './clock.ts';
import { createAttempt } from './delivery/attempt.ts';
import { createDelivery } from './delivery/deliver.ts';
import { createForbiddenCourt } from './delivery/forbidden.ts';
import { createImpostorWatch } from './delivery/impostor.ts';
import { type Lane, Lanes } from './delivery/lanes.ts';
import { createOutage } from './delivery/outage.ts';
import { createPace } from './delivery/pace.ts';
import { findProxyAgent } from './delivery/proxy.ts';
import { createSend } from './delivery/send.ts';
import { EXIT, RunError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Plan } from './planning/plan.ts';
import type { Meter } from './results/meter.ts';
import type { Stop } from './stop.ts';
import type { JsonObject, Patch, Row } from './types.ts';
import { namedValues } from './values.ts';

export interface SendingOptions {
  readonly run: Plan['options'];
  readonly credentials: Credentials;
  readonly version: string;
  readonly clock: Clock;
  readonly stop: Stop;
  readonly log: Logger;
  readonly meter: Meter;
  /** Rows being delivered now. */
  readonly inFlight: () => number;
  /** Column names of an input, for naming the values of its rows. */
  readonly columnsOf: (input: number) => readonly string[];
  /** The API took a patch; `contact` is its answer where answers are read-backs. */
  readonly onApplied: (patch: Patch, contact: JsonObject | undefined) => void;
  /** Something to repeat in the summary. */
  readonly onNote: (note: string) => void;
}

/** Puts the delivery stage together: what stops the run, what is told, and in which order the policies stand. */
export async function createSending(options: SendingOptions) {
  const { run, clock, stop, log, meter } = options;
  const fail = (code: string, message: string): void => {
    stop.fail(new RunError(code, message, { exitCode: EXIT.stopped }));
  };
  const proxy = await findProxyAgent(run.baseUrl, run.concurrency);
  if (proxy) log.info({ proxy: proxy.host }, 'requests go through a proxy');
  const { attempt, close } = createAttempt({
    baseUrl: run.baseUrl,
    ...options.credentials,
    timeoutMs: run.timeoutMs,
    concurrency: run.concurrency,
    userAgent: `livedesk-contact-sync/${options.version}`,
    aborting: stop.aborting,
    readOnly: run.dryRun,
    ...(proxy ? { proxyAgent: proxy.agent } : {}),
  });
  const pace = createPace(run.rate, clock, stop.draining);
  const outage = createOutage({
    clock,
    draining: stop.draining,
    budgetMs: run.outageBudgetMs,
    inFlight: options.inFlight,
    onOpen: () =>
      log.warn('the API does not answer: rows wait, one request at a time looks whether it is back'),
    onClose: (lastedMs) => log.info({ outage_s: seconds(lastedMs) }, 'the API answers again'),
    onGiveUp: (lastedMs) =>
      fail(
        'ERR_OUTAGE',
        `the API did not answer for ${seconds(lastedMs)} s, which is the --outage-budget; no row was given up`,
      ),
  });
  const court = createForbiddenCourt(() =>
    fail(
      'ERR_FORBIDDEN',
      'the API answers 403 to every contact: the API key may not change contacts, or its IP whitelist leaves this machine out',
    ),
  );
  const onImpostor = (what: string): void =>
    fail(
      'ERR_NOT_LIVEDESK',
      `what answers at ${run.baseUrl} is not LiveDesk: it sent ${what}. Check --base-url, and whether a proxy or a login page stands in between.`,
    );
  const send = createSend({
    attempt,
    pace,
    outage,
    court,
    impostors: createImpostorWatch(),
    clock,
    throttleBudgetMs: run.outageBudgetMs,
    onVerdict(verdict, durationMs) {
      meter.replied(durationMs, clock.monotonic());
      if (verdict.kind === 'throttled') meter.throttled += 1;
    },
    onPause: (waitMs, asked) =>
      log.warn(
        { pause_s: seconds(waitMs), asked_by_api: asked },
        asked ? 'throttled: the API asks to wait' : 'throttled: the API gives no time to wait',
      ),
    onThrottledTooLong: (waitMs) =>
      fail(
        'ERR_THROTTLED',
        `the API throttles without a break and the next wait is ${seconds(waitMs)} s, beyond the --outage-budget; lower --rate or raise the budget`,
      ),
    onUnauthorized: ({ api }) =>
      fail(
        'ERR_UNAUTHORIZED',
        `the API refuses the credentials (${api.status}): check LIVEDESK_API_KEY and LIVEDESK_API_SECRET`,
      ),
    onImpostor,
  });
  const deliver = createDelivery({
    send,
    court,
    clock,
    draining: stop.draining,
    maxAttempts: run.maxAttempts,
    outages: () => outage.openings,
    onApplied: options.onApplied,
    onRetry() {
      meter.retries += 1;
    },
    onStranger: onImpostor,
    onNoEcho() {
      const note = 'the answers of this account do not show what was written, so not_applied is left out';
      log.warn(note);
      options.onNote(note);
    },
  });
  const lanes = new Lanes();
  return {
    deliver: (patch: Patch, row: Row) =>
      deliver(patch, () => namedValues(row, options.columnsOf(row.input), patch)),
    inLane: (lane: Lane, job: () => Promise<void>) => lanes.add(lane, job),
    isBusy: (lane: Lane) => lanes.isBusy(lane),
    judge: () => court.close(),
    pace,
    outage,
    close,
  };
}

// --- internal ---

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
