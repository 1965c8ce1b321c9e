import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { Arrivals } from './arrivals.ts';
import { basicAuthentication } from './authentication.ts';
import { checkSwitches } from './check-switches.ts';
import type { Contact } from './contact.ts';
import { ContactApi } from './contact-api.ts';
import type { ContactStore } from './contact-store.ts';
import { fillStore } from './fill-store.ts';
import type { GatewayDecision } from './gateway.ts';
import { Gateway } from './gateway.ts';
import { WriteJournal } from './journal.ts';
import type { EmulatorOptions, Switches } from './options.ts';
import { DEFAULT_SWITCHES } from './options.ts';
import { seededRandom } from './random.ts';
import type { EmulatorReply } from './reply.ts';
import { fieldsIn } from './request-summary.ts';
import type { Route } from './route.ts';
import { routeOf } from './route.ts';
import type { Stats } from './tally.ts';
import { RequestTally } from './tally.ts';
import { limitHeaders } from './throttle.ts';

/** A request from its arrival to its end. */
export interface Visit {
  readonly index: number;
  readonly at: number;
  readonly method: string;
  readonly route: Route;
  readonly admission: GatewayDecision;
  /** How long the answer is to wait. */
  readonly waitMs: number;
}

const DEFAULT_JOURNAL_LIMIT = 2_000_000;

/** A LiveDesk without its network: contacts, rules, throttles, faults, and the record of what was asked. */
export class LiveDesk {
  switches: Switches;
  readonly store: ContactStore;
  readonly journal: WriteJournal;
  readonly arrivals = new Arrivals();
  readonly api: ContactApi;
  readonly clock: Clock;
  readonly #tally = new RequestTally();
  readonly #front: Gateway;
  readonly #latency: () => number;
  readonly #refusal: ReturnType<typeof basicAuthentication>;
  readonly #onRequest: EmulatorOptions['onRequest'];
  /** Turns the clock that never jumps into unix time. */
  readonly #epoch: number;

  constructor(options: EmulatorOptions) {
    const seed = options.seed ?? 1;
    this.clock = options.clock ?? systemClock;
    this.#epoch = this.clock.now() - this.clock.monotonic();
    this.store = fillStore(options, seed);
    this.journal = new WriteJournal(options.journalLimit ?? DEFAULT_JOURNAL_LIMIT);
    this.api = new ContactApi(this.store, this.journal);
    // one stream of chance each, so that turning one on does not change the other
    this.#front = new Gateway(seededRandom(seed));
    this.#latency = seededRandom(seed + 1);
    this.#refusal = basicAuthentication(options.apiKey ?? 'demo-key', options.apiSecret ?? 'demo-secret');
    this.#onRequest = options.onRequest;
    this.switches = DEFAULT_SWITCHES;
    this.set(switchesOf(options));
  }

  /** Unix milliseconds with fractions, on a clock that never jumps. */
  now(): number {
    return this.#epoch + this.clock.monotonic();
  }

  set(changes: unknown): void {
    const checked = checkSwitches(changes);
    this.switches = { ...this.switches, ...checked };
    if (checked.contactFaults) this.#front.script(checked.contactFaults);
  }

  arrive(method: string, url: string): Visit {
    const at = this.now();
    const route = routeOf(method, url, this.switches.idPrefixCast);
    const index = this.arrivals.begin(at, method, route.contactId);
    this.#tally.begin(route.contactId);
    const admission = this.#front.admit(route, this.switches, at);
    if (admission.kind === 'throttled') this.#tally.throttled += 1;
    else if (admission.kind === 'admitted' && admission.fault) this.#tally.fault(admission.fault);
    const waitMs = admission.kind === 'admitted' ? this.#drawLatency() : 0;
    return { index, at, method, route, admission, waitMs };
  }

  /** What the visit's contact is now, to be written back later. */
  read(visit: Visit): Contact | undefined {
    return visit.route.to === 'update' ? this.store.get(visit.route.contactId) : undefined;
  }

  answer(visit: Visit, authorization: string | undefined, text: string, read?: Contact): EmulatorReply {
    const { route } = visit;
    const isRouted = route.to !== 'nowhere' && route.to !== 'wrong-method';
    const refusal = isRouted ? this.#refusal(authorization, this.switches.authBody) : undefined;
    return this.#withLimit(refusal ?? this.api.answer(route, text, this.switches, this.now(), read));
  }

  end(visit: Visit, status: number, text: string): void {
    this.arrivals.end(visit.index, visit.at, status);
    this.#tally.end(visit.route.contactId, status);
    this.#onRequest?.({
      method: visit.method,
      contactId: visit.route.contactId,
      fields: fieldsIn(text),
      status,
      durationMs: this.now() - visit.at,
    });
  }

  stats(connections: number): Stats {
    const { byStatus, throttled, faults, inFlight, peakInFlight, overlaps } = this.#tally;
    return {
      requests: this.arrivals.length,
      byStatus: { ...byStatus },
      throttled,
      faults: { ...faults },
      writes: this.journal.total,
      inFlight,
      peakInFlight,
      overlaps,
      peakPerSecond: this.arrivals.peak(1000),
      connections,
    };
  }

  /** Empties counters, journal and arrivals; contacts stay as they are. */
  reset(): void {
    this.#tally.reset();
    this.journal.clear();
    this.arrivals.clear();
  }

  #withLimit(reply: EmulatorReply): EmulatorReply {
    const { limit, limitHeaders: areTold } = this.switches;
    if (!areTold || limit === null) return reply;
    const told = limitHeaders(limit, this.#front.left(limit), this.now());
    return { ...reply, headers: [...(reply.headers ?? []), ...told] };
  }

  #drawLatency(): number {
    const [min, max] = this.switches.latencyMs;
    return max === 0 ? 0 : min + this.#latency() * (max - min);
  }
}

function switchesOf(options: EmulatorOptions): Partial<Switches> {
  const given = Object.entries(options).filter(
    ([name, value]) => Object.hasOwn(DEFAULT_SWITCHES, name) && value !== undefined,
  );
  return Object.fromEntries(given);
}
