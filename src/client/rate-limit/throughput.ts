/** Counts what is sent and what passes, and how long it takes. Times are Unix milliseconds of a clock that never jumps. */
export interface Throughput {
  send(now: number): void;
  /** An answer was let through. */
  pass(now: number, latencyMs: number): void;
  /** Answers let through so far. */
  readonly passed: number;
  /** Answers let through since a time within the last hour, to a tenth of a second. */
  passedSince(time: number): number;
  /** Answers let through per second, over the last `ms`. */
  rate(now: number, ms: number): number;
  /** Requests sent per second, over the last `ms`. */
  sendRate(now: number, ms: number): number;
  /** How long answers take when the server is not under load, in milliseconds. */
  readonly usualLatencyMs: number;
  /** Whether answers take much longer than usual, as they do where requests queue up. */
  isSlowedDown(): boolean;
}

const SLOT_MS = 100;
const SLOTS = 36_000; // an hour
/** Weight of one answer in the moving averages of latency. */
const QUICK = 1 / 16;
const FORGET_MS = 60_000;
/** Before there were answers. */
const GUESS_MS = 200;

export function createThroughput(): Throughput {
  const passes = createSlots();
  const sends = createSlots();
  let passed = 0;
  let recent = 0;
  let least = { from: 0, before: Number.POSITIVE_INFINITY, ms: Number.POSITIVE_INFINITY };
  const usual = (): number => Math.min(least.ms, least.before);
  return {
    send(now) {
      sends.add(now);
    },
    pass(now, latencyMs) {
      passed += 1;
      passes.add(now);
      recent += (latencyMs - recent) * Math.max(QUICK, 1 / passed);
      if (passed * QUICK < 1) return; // too few to tell
      // the least of this minute and the last: a server that became slower for good is not slowed down for ever
      if (now - least.from >= FORGET_MS) least = { from: now, before: least.ms, ms: recent };
      least.ms = Math.min(least.ms, recent);
    },
    get passed() {
      return passed;
    },
    passedSince: (time) => passes.since(time),
    rate: (now, ms) => (passes.since(now - ms) * 1000) / ms,
    sendRate: (now, ms) => (sends.since(now - ms) * 1000) / ms,
    get usualLatencyMs() {
      return Number.isFinite(usual()) ? usual() : GUESS_MS;
    },
    isSlowedDown: () => recent > 2 * usual() + 30,
  };
}

// --- internal ---

/** Counts in slots of time, kept for an hour. */
function createSlots(): { add(now: number): void; since(time: number): number } {
  const counts = new Uint32Array(SLOTS);
  let last = 0;
  const reach = (slot: number): void => {
    if (last === 0 || slot - last >= SLOTS) counts.fill(0);
    else for (let i = last + 1; i <= slot; i += 1) counts[i % SLOTS] = 0;
    last = Math.max(last, slot);
  };
  return {
    add(now) {
      const slot = Math.floor(now / SLOT_MS);
      reach(slot);
      counts[slot % SLOTS] = (counts[slot % SLOTS] ?? 0) + 1;
    },
    since(time) {
      const first = Math.max(Math.ceil(time / SLOT_MS), last - SLOTS + 1);
      let sum = 0;
      for (let slot = first; slot <= last; slot += 1) sum += counts[slot % SLOTS] ?? 0;
      return sum;
    },
  };
}
