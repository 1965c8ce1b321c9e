/** Faults in a row that open the breaker. */
const FAULTS_TO_OPEN = 10;
/** Contacts that they must be spread over, unless fewer are in flight: one poisoned contact is no outage. */
const CONTACTS_TO_OPEN = 3;
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 30_000;

/** The life of the circuit breaker. Times are monotonic milliseconds. */
export type BreakerState =
  /** Requests flow; faults in a row are counted. */
  | {
      readonly kind: 'closed';
      readonly faults: number;
      readonly contacts: ReadonlySet<number>;
      readonly since: number;
    }
  /** Nobody sends until `probeAt`. */
  | { readonly kind: 'open'; readonly since: number; readonly probes: number; readonly probeAt: number }
  /** One request is out to see whether the service is back. */
  | { readonly kind: 'half-open'; readonly since: number; readonly probes: number };

/** A row's last attempt: after it the row fails, unless the breaker opens. */
export interface LastAttempt {
  /** That the row has had, this one included. */
  readonly attempts: number;
  /** Whether no connection came about, so that nothing of the row can be the cause. */
  readonly isUnsent: boolean;
}

export const CLOSED: BreakerState = { kind: 'closed', faults: 0, contacts: new Set(), since: 0 };

/** After an answer that shows the service alive, whatever it says of the row. */
export function alive(): BreakerState {
  return CLOSED;
}

/**
 * After a transport fault or 5xx of `contactId`, with `inFlight` rows being worked on. Opens the breaker after
 * 10 in a row over at least 3 contacts, or over all that are in flight; or before a row fails without fault.
 */
export function faulted(
  state: BreakerState,
  fault: {
    readonly contactId: number;
    readonly inFlight: number;
    readonly now: number;
    readonly random: number;
    /** Whether it was the probe that failed. */
    readonly isProbe: boolean;
    /** Where it was the last attempt that the row has: how many it had, and whether this one never left us. */
    readonly last?: LastAttempt | undefined;
  },
): BreakerState {
  const { now, random } = fault;
  // requests from before the outage still time out while a probe is out: they tell nothing new
  if (state.kind === 'open' || (state.kind === 'half-open' && !fault.isProbe)) return state;
  if (state.kind === 'half-open') {
    const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** state.probes);
    return {
      kind: 'open',
      since: state.since,
      probes: state.probes + 1,
      probeAt: now + wait * (0.75 + random / 2),
    };
  }
  const faults = state.faults + 1;
  const contacts = new Set(state.contacts).add(fault.contactId);
  const since = state.faults === 0 ? now : state.since;
  const isOutage = faults >= FAULTS_TO_OPEN && contacts.size >= Math.min(CONTACTS_TO_OPEN, fault.inFlight);
  return isOutage || isNoFaultOfTheRow(faults, contacts, fault.last)
    ? { kind: 'open', since, probes: 0, probeAt: now + FIRST_PROBE_MS * (0.75 + random / 2) }
    : { kind: 'closed', faults, contacts, since };
}

/**
 * Whether a row is about to be given up for what is none of its doing: nobody got an answer in the time of all its
 * attempts, and others fared the same or the request never left this machine. A small file in an outage is no bad file.
 */
function isNoFaultOfTheRow(
  faults: number,
  contacts: ReadonlySet<number>,
  last: LastAttempt | undefined,
): boolean {
  return last !== undefined && faults >= last.attempts && (contacts.size > 1 || last.isUnsent);
}

/** Lets one request probe when the time has come; the same state otherwise. */
export function probing(state: BreakerState, now: number): BreakerState {
  return state.kind === 'open' && now >= state.probeAt
    ? { kind: 'half-open', since: state.since, probes: state.probes }
    : state;
}

/** After a probe that brought no answer because it was cut: another one may go. */
export function probeLost(state: BreakerState, now: number): BreakerState {
  return state.kind === 'half-open'
    ? { kind: 'open', since: state.since, probes: state.probes, probeAt: now }
    : state;
}
