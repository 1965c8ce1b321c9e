import type { Clock } from '../core/clock.ts';
import type { Credentials } from '../core/credentials.ts';
import { EXIT, RunError } from '../core/errors.ts';
import type { RunContext } from '../core/run-context.ts';
import type { Shutdown } from '../core/shutdown.ts';
import type { Rate } from '../core/types.ts';
import { VERSION } from '../core/version.ts';
import type { AttemptOptions } from './http/attempt.ts';
import { type LocalFault, watchLocalFaults } from './http/local-fault.ts';
import { type OnAnswer, observe } from './http/observe.ts';
import { findProxyAgent } from './http/proxy.ts';
import type { ApiRequest, Attempt } from './http/reply.ts';
import { listRequest, PAGE_SIZE } from './http/requests.ts';
import type { LearnedRateStore, RequestMeter, SharedLimit } from './ports.ts';
import type { AdaptiveLeases } from './rate-limit/adaptive-rate.ts';
import { createLeases, type Leases } from './rate-limit/fixed-rate.ts';
import { isPlausibleRate, type RatePhase } from './rate-limit/rate-controller.ts';
import { createRateLimiter } from './rate-limit/rate-limiter.ts';
import { ThrottlingSpells } from './rate-limit/throttling-spell.ts';
import { createCircuitBreaker, type RequestKind } from './resilience/circuit-breaker.ts';
import { createForbiddenPolicy } from './resilience/forbidden-policy.ts';
import { createRetry, type Retry } from './resilience/retry.ts';
import { createReadPage, createSettleRequest, type RetryReadOptions } from './resilience/retry-read.ts';
import { createSend, type Send } from './resilience/send.ts';
import { createWrongServerDetector } from './resilience/wrong-server.ts';

export interface ClientOptions {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Attempts per second, whatever they are for; `Infinity` for no limit, `auto` to find out. */
  readonly rate: Rate;
  /** The most that `auto` may find. */
  readonly maxRate?: number | undefined;
  /** Where the rates that were found are remembered. */
  readonly memory?: LearnedRateStore;
  /** Other workers of the account share the rate. */
  readonly workers?: SharedLimit | undefined;
  /** Requests open at a time, at most. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly outageBudgetMs: number;
  /** Lets nothing through that could write. */
  readonly isReadOnly: boolean;
  /**
   * Has another write sent soon, of no row that failed, while the circuit breaker holds writes; false where there is
   * none. `rowsFailing` are the rows that failed and are not settled yet. Default: there is none.
   */
  readonly callWrite?: (rowsFailing: number) => boolean;
  readonly meter: RequestMeter;
  /** Called with every answer as it came. */
  readonly onAnswer?: OnAnswer;
}

/** The one way to the API, which every request takes: what makes requests wait, what stops the run, what is logged of it. */
export async function openClient(options: ClientOptions, { clock, log, stop }: RunContext) {
  const { meter, workers } = options;
  const fail = (code: string, message: string): void => {
    stop.fail(new RunError(code, message, { exitCode: EXIT.stopped }));
  };
  const proxy = await findProxyAgent(options.baseUrl, options.concurrency);
  if (proxy) log.info({ proxy: proxy.host }, 'requests go through a proxy');
  const http = httpOnceAsked({
    baseUrl: options.baseUrl,
    apiKey: options.credentials.apiKey,
    apiSecret: options.credentials.apiSecret,
    timeoutMs: options.timeoutMs,
    concurrency: options.concurrency,
    userAgent: `livedesk-contact-sync/${VERSION}`,
    aborting: stop.aborting,
    readOnly: options.isReadOnly,
    ...(proxy ? { proxyAgent: proxy.agent } : {}),
  });
  const memory = options.rate === 'auto' ? options.memory?.read() : undefined;
  const remembered = memory && isPlausibleRate(memory) ? memory : undefined;
  const auto =
    options.rate === 'auto'
      ? (await import('./rate-limit/adaptive-rate.ts')).createAdaptiveLeases(clock, {
          maxRate: options.maxRate,
          learned: remembered,
        })
      : undefined;
  if (remembered)
    log.info({ limit: round(remembered.limit) }, 'an earlier run found a limit: beginning below it');
  const rateLimiter = createRateLimiter(
    auto ?? (await openLeases(options.rate, workers, clock)),
    clock,
    stop.draining,
  );
  workers?.onPause((untilMs) => rateLimiter.pauseFor(untilMs - clock.now()));
  const breaker = createCircuitBreaker({
    clock,
    draining: stop.draining,
    budgetMs: options.outageBudgetMs,
    callOther(kind, rowsFailing) {
      if (kind === 'write' && options.callWrite?.(rowsFailing)) return true;
      if (kind === 'write' && rowsFailing > 1) return false;
      void readList(kind);
      return true;
    },
    onOpen: (kind) =>
      log.warn(
        `the API does not answer ${kind}s: they wait, and one request at a time looks whether it is back`,
      ),
    onClose: (kind, lastedMs) => log.info({ outage_s: seconds(lastedMs) }, `the API answers ${kind}s again`),
    onGiveUp: (lastedMs) =>
      fail(
        'ERR_OUTAGE',
        `the API did not answer for ${seconds(lastedMs)} s, which is the --outage-budget; no row was given up`,
      ),
  });
  const remember = (): void => {
    if (auto?.found.learned) options.memory?.write(auto.found.learned, clock.now());
  };
  const forbidden = createForbiddenPolicy(() =>
    fail(
      'ERR_FORBIDDEN',
      'the API answers 403 to every contact: the API key may not change contacts, or its IP whitelist leaves this machine out',
    ),
  );
  const onWrongServer = (what: string): void =>
    fail(
      'ERR_NOT_LIVEDESK',
      `what answers at ${options.baseUrl} is not LiveDesk: it sent ${what}. Check --base-url, and whether a proxy or a login page stands in between.`,
    );
  const spells = new ThrottlingSpells();
  let spellBegins = false;
  const sendNow = createSend({
    attempt: watchLocalFaults(observe(http.attempt, options.onAnswer), (fault, code) => {
      const [name, message] = LOCAL_FAULTS[fault];
      fail(name, message(options.baseUrl, code));
    }),
    rateLimiter,
    feedback: auto?.feedback,
    breaker,
    forbidden,
    wrongServer: createWrongServerDetector(),
    clock,
    throttleBudgetMs: options.outageBudgetMs,
    onVerdict(verdict, durationMs) {
      meter.replied(durationMs, clock.monotonic());
      if (verdict.kind === 'throttled') {
        meter.throttled += 1;
        spellBegins = spells.refused(clock.monotonic()) || spellBegins;
        return;
      }
      const spell = spells.passed(clock.monotonic());
      if (spell) {
        log.info({ lasted_s: seconds(spell.lastedMs), refused: spell.refused }, 'the API throttles no more');
      }
    },
    onPause(waitMs, asked) {
      workers?.pause(waitMs);
      remember(); // a run that is killed leaves what it learned, too
      // looking for the limit means to be refused now and then
      const level = spellBegins ? (auto ? 'info' : 'warn') : 'debug';
      spellBegins = false;
      log[level](
        { pause_s: seconds(waitMs), asked_by_api: asked },
        asked ? 'throttled: the API asks to wait' : 'throttled: the API gives no time to wait',
      );
    },
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
    onWrongServer,
  });
  const send: Send = async (request, asked, onSent) => {
    // before its permit: those granted meanwhile would all be used at the same moment
    const opening = http.open();
    if (opening) await opening;
    return sendNow(request, asked, onSent);
  };
  /** The first page of all contacts, for its answer to vouch for requests of a kind. */
  const readList = (kind: RequestKind): Promise<unknown> =>
    send(listRequest(1, PAGE_SIZE), { contactId: 0, expects: 'page', fields: [], kind }, () => {});
  return {
    send,
    rateLimiter,
    breaker,
    forbidden,
    /** The retry loop, with so many attempts at most. */
    retryUpTo: (maxAttempts: number): Retry =>
      createRetry({
        send,
        breaker,
        clock,
        draining: stop.draining,
        maxAttempts,
        onRetry() {
          meter.retries += 1;
        },
        onWrongServer,
      }),
    /** Requests per second that are allowed now; undefined without a limit. */
    get allowed(): number | undefined {
      if (auto) return round(auto.found.rate);
      const rate = workers ? workers.ratePerSecond : options.rate;
      return rate === 'auto' || !Number.isFinite(rate) ? undefined : rate;
    },
    /** What was found of the account's limit, where that was asked for. */
    get found(): FoundRate | undefined {
      return auto && foundOf(auto.found);
    },
    /** Closes the connections, and remembers the rate that was found. */
    close(): void {
      remember();
      http.close();
    },
  };
}

export type Client = Awaited<ReturnType<typeof openClient>>;

/** What was found of the limit of an account. */
export interface FoundRate {
  /** Requests per second that the API lets through; null where it refused none. */
  readonly limit: number | null;
  /** Seconds of the clock's window in which it counts them; null where it does not seem to. */
  readonly window_s: number | null;
  /** Why the rate was what it was at the end. */
  readonly phase: RatePhase;
}

export interface ReaderOptions {
  readonly client: Client;
  readonly maxAttempts: number;
  readonly stop: Shutdown;
  /** A limit beside that of the client: resolves true before each request, false once the run drains. */
  readonly permit?: () => Promise<boolean>;
  /** The API key may not read; then `pending` is the answer. Default: the run stops. */
  readonly onForbidden?: () => void;
}

/** Puts together what reads pages of lists and searches. */
export const createPageReader = (options: ReaderOptions) => createReadPage(retryingRead(options));

/** Puts together what sends any request that may be repeated without harm. */
export const createRequester = (options: ReaderOptions) => createSettleRequest(retryingRead(options));

// --- internal ---

async function openLeases(rate: Rate, workers: SharedLimit | undefined, clock: Clock): Promise<Leases> {
  if (workers) return (await import('./rate-limit/shared-rate.ts')).createSharedLeases(workers, clock);
  return createLeases(rate === 'auto' ? Number.POSITIVE_INFINITY : rate, clock);
}

/** HTTP, loaded with the first request: where nothing is sent it would take a tenth of a second for nothing. */
function httpOnceAsked(options: AttemptOptions) {
  let opened: { readonly attempt: Attempt; close(): void } | undefined;
  let opening: Promise<void> | undefined;
  return {
    /** Resolves when {@link attempt} may be called; undefined once it may. */
    open(): Promise<void> | undefined {
      if (opened) return undefined;
      opening ??= import('./http/attempt.ts').then(({ createAttempt }) => {
        opened = createAttempt(options);
      });
      return opening;
    },
    attempt(request: ApiRequest) {
      if (!opened) throw new Error('HTTP is used before it is open');
      return opened.attempt(request);
    },
    close: () => opened?.close(),
  };
}

/** Code and message of what this machine lacks. */
const LOCAL_FAULTS: Readonly<
  Record<LocalFault, readonly [code: string, message: (baseUrl: string, code: string) => string]>
> = {
  files: [
    'ERR_OUT_OF_FILES',
    (_baseUrl, code) =>
      `no more connections can be opened (${code}): raise the limit of open files (ulimit -n) or lower --concurrency`,
  ],
  certificate: [
    'ERR_TLS',
    (baseUrl, code) =>
      `the certificate at ${baseUrl} is not trusted here (${code}): if a proxy or a company's own authority stands in between, name its certificate in NODE_EXTRA_CA_CERTS; else check --base-url and this machine's clock. Nothing was sent to it.`,
  ],
};

function foundOf({ learned, phase }: AdaptiveLeases['found']): FoundRate {
  return {
    limit: learned ? round(learned.limit) : null,
    window_s: learned?.window ? learned.window.ms / 1000 : null,
    phase,
  };
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function retryingRead({ client, maxAttempts, stop, permit, onForbidden }: ReaderOptions): RetryReadOptions {
  const fail = (): void =>
    stop.fail(
      new RunError(
        'ERR_FORBIDDEN',
        'the API answers 403 to lists and searches: the API key may not read contacts, or its IP whitelist leaves this machine out',
        { exitCode: EXIT.stopped },
      ),
    );
  return {
    retry: client.retryUpTo(maxAttempts),
    ...(permit ? { permit } : {}),
    onForbidden: onForbidden ?? fail,
  };
}
