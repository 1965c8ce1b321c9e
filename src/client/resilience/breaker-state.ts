/** Faults in a row that open the breaker. */
const FAULTS_TO_OPEN = 10;
/** Contacts that they must be spread over, unless fewer are in flight: one poisoned contact is no outage. */
const CONTACTS_TO_OPEN = 3;
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 30_000;

type Contacts = ReadonlySet<number>;

/** The life of the circuit breaker. Times are monotonic milliseconds. */
export type BreakerState =
  /** Requests flow; faults in a row are counted. */
  | {
      readonly kind: 'closed';
      readonly faults: number;
      readonly contacts: Contacts;
      readonly since: number;
      /** Contacts that had faults while others were answered well: their faults say nothing of the service. */
      readonly suspects: Contacts;
    }
  /** Nobody sends until `probeAt`. */
  | ({ readonly kind: 'open'; readonly probeAt: number } & Trouble)
  /** One request is out to see whether the service is back. */
  | ({ readonly kind: 'half-open' } & Trouble);

interface Trouble {
  readonly since: number;
  readonly probes: number;
  /** Contacts that had a fault: one that always has faults cannot tell an outage from its own trouble. */
  readonly suspects: Contacts;
  /** A row is about to be given up and nobody was answered meanwhile: whether it is an outage is not known yet. */
  readonly isDoubt: boolean;
}

/** One of a row's last attempts, after which it must be known whose fault it is. */
export interface LateAttempt {
  /** Attempts that the row has had, this one included. */
  readonly attempts: number;
  /** Whether it was the last one: after it the row fails, unless the breaker opens. */
  readonly isLast: boolean;
  /** Whether no connection came about, so that nothing of the row can be the cause. */
  readonly isUnsent: boolean;
}

/** What an answer showed: that the API does its work, or only that something is there. */
export interface Sign {
  readonly contactId: number;
  readonly isWell: boolean;
}

const NOBODY: Contacts = new Set();
export const CLOSED: BreakerState = {
  kind: 'closed',
  faults: 0,
  contacts: NOBODY,
  since: 0,
  suspects: NOBODY,
};

/**
 * After an answer that shows the service alive, whatever it says of the row. Where it is a good one, whoever had
 * faults meanwhile remains suspect until it is answered itself.
 */
export function alive(state: BreakerState, { contactId, isWell }: Sign): BreakerState {
  if (state.kind === 'closed') {
    return state.faults === 0 && !state.suspects.has(contactId) ? state : closed(state.suspects, contactId);
  }
  return isWell || state.isDoubt ? closed(state.suspects, contactId) : CLOSED;
}

/**
 * After a transport fault or 5xx of `contactId`, with `inFlight` rows being worked on. Opens the breaker after
 * 10 in a row over at least 3 contacts, or over all that are in flight; or before a row fails without fault. Suspects
 * do not count: an outage shows in the others.
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
    /** Whether it was only to tell how the service does: the contact may be asked for that again. */
    readonly isWitness?: boolean | undefined;
    /** Where it was one of the last attempts of a row. */
    readonly late?: LateAttempt | undefined;
  },
): BreakerState {
  const { contactId, now, random, late } = fault;
  if (state.kind === 'half-open' && fault.isProbe) {
    const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** state.probes);
    return {
      kind: 'open',
      since: state.since,
      probes: state.probes + 1,
      probeAt: now + wait * (0.75 + random / 2),
      suspects: fault.isWitness ? state.suspects : withContact(state.suspects, contactId),
      isDoubt: false,
    };
  }
  if (fault.isWitness) return state;
  if (state.kind !== 'closed') {
    // requests from before the outage still time out while a probe is out: they tell nothing new of the service
    return state.suspects.has(contactId)
      ? state
      : { ...state, suspects: withContact(state.suspects, contactId) };
  }
  if (state.suspects.has(contactId) && !late?.isUnsent) return state;
  const faults = state.faults + 1;
  const contacts = withContact(state.contacts, contactId);
  const since = state.faults === 0 ? now : state.since;
  const isOutage = faults >= FAULTS_TO_OPEN && contacts.size >= Math.min(CONTACTS_TO_OPEN, fault.inFlight);
  // where nothing was ever sent in the time of all its attempts, nothing in the row can be the cause
  const isUnreached = late?.isUnsent === true && faults >= late.attempts;
  if (!isOutage && !isUnreached) return { kind: 'closed', faults, contacts, since, suspects: state.suspects };
  return {
    kind: 'open',
    since,
    probes: 0,
    probeAt: firstProbeAt(now, random),
    suspects: new Set([...state.suspects, ...contacts]),
    isDoubt: false,
  };
}

/**
 * Before a row of `contactId` is given up though nobody was answered since its last attempt was sent: opens the
 * breaker at `probeAt` at the latest for a look whether anybody is. A small file in an outage is no bad file.
 */
export function doubted(state: BreakerState, contactId: number, now: number, probeAt: number): BreakerState {
  if (state.kind !== 'closed') return state;
  return {
    kind: 'open',
    since: state.faults === 0 ? now : state.since,
    probes: 0,
    probeAt,
    suspects: new Set([...state.suspects, ...state.contacts, contactId]),
    isDoubt: true,
  };
}

/** In doubt where nobody else can be asked: several in trouble are an outage, one by itself is its own trouble. */
export function unheard(state: BreakerState, now: number, random: number): BreakerState {
  if (state.kind !== 'open' || !state.isDoubt) return state;
  return state.suspects.size > 1 ? { ...state, probeAt: firstProbeAt(now, random), isDoubt: false } : CLOSED;
}

/** After a row of `contactId` was given up: its next one begins without suspicion. */
export function givenUp(state: BreakerState, contactId: number): BreakerState {
  if (state.kind !== 'closed' || !state.suspects.has(contactId)) return state;
  return { ...state, suspects: without(state.suspects, contactId) };
}

/** Lets one request probe when the time has come; the same state otherwise. */
export function probing(state: BreakerState, now: number): BreakerState {
  if (state.kind !== 'open' || now < state.probeAt) return state;
  const { probeAt: _, ...trouble } = state;
  return { ...trouble, kind: 'half-open' };
}

/** After a probe that brought no answer because it was cut: another one may go. */
export function probeLost(state: BreakerState, now: number): BreakerState {
  return state.kind === 'half-open' ? { ...state, kind: 'open', probeAt: now } : state;
}

// --- internal ---

function closed(suspects: Contacts, answered: number): BreakerState {
  const left = without(suspects, answered);
  return left.size === 0 ? CLOSED : { ...CLOSED, suspects: left };
}

function firstProbeAt(now: number, random: number): number {
  return now + FIRST_PROBE_MS * (0.75 + random / 2);
}

function withContact(contacts: Contacts, contactId: number): Contacts {
  return contacts.has(contactId) ? contacts : new Set(contacts).add(contactId);
}

function without(contacts: Contacts, contactId: number): Contacts {
  if (!contacts.has(contactId)) return contacts;
  const left = new Set(contacts);
  left.delete(contactId);
  return left;
}
