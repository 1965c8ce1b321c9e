import { createHistogram, performance } from 'node:perf_hooks';

/** What the run is doing at one moment. */
export interface Moment {
  /** A pause or an outage holds everybody. */
  readonly isServerWait: boolean;
  /** Attempts that wait for a permit. */
  readonly waitingForRate: number;
  /** Whether every place in flight is taken. */
  readonly isFull: boolean;
  /** Whether rows wait until their contact is found. */
  readonly isLookingUp: boolean;
}

/** Event-loop utilisation above this means that the processor sets the pace. */
const BUSY = 0.9;
const SAMPLE_MS = 100;
const RECENT_MS = 2_000;

/** Counts requests and their latency, and samples what holds the run back. */
export class Meter {
  requests = 0;
  retries = 0;
  throttled = 0;
  #latency = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
  #shares: Record<HeldBackBy, number> = { rate: 0, concurrency: 0, lookups: 0, server: 0, input: 0, cpu: 0 };
  #loop = performance.eventLoopUtilization();
  #timer: NodeJS.Timeout | undefined;
  #firstAt: number | undefined;
  #lastAt = 0;
  #recent = { at: 0, requests: 0, rate: 0 };

  /** A request got a reply after `durationMs`; `now` is monotonic milliseconds. */
  replied(durationMs: number, now: number): void {
    this.requests += 1;
    this.#firstAt ??= now - durationMs;
    this.#lastAt = now;
    this.#latency.record(Math.max(1, Math.round(durationMs * 1000)));
  }

  /** Begins to sample; `look` tells what is going on. */
  watch(look: () => Moment): void {
    this.#timer = setInterval(() => this.#sample(look()), SAMPLE_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  latency(): { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } {
    const ms = (micros: number): number => Math.round(micros / 100) / 10;
    if (this.requests === 0) return { p50: 0, p95: 0, p99: 0, max: 0 };
    const at = (percentile: number): number => ms(this.#latency.percentile(percentile));
    return { p50: at(50), p95: at(95), p99: at(99), max: ms(this.#latency.max) };
  }

  /** Requests per second between the first request and the last reply, taken for a second if shorter. */
  achieved(): number {
    const seconds = (this.#lastAt - (this.#firstAt ?? this.#lastAt)) / 1000;
    return Math.round((this.requests / Math.max(1, seconds)) * 10) / 10;
  }

  /** Requests per second since the last call, or of the last call where that was a moment ago. */
  recentRate(now: number): number {
    const { at, requests, rate } = this.#recent;
    const isFirst = at === 0;
    if (!isFirst && now - at < RECENT_MS) return rate;
    const fresh = isFirst ? 0 : ((this.requests - requests) * 1000) / (now - at);
    this.#recent = { at: now, requests: this.requests, rate: fresh };
    return fresh;
  }

  heldBackBy(): HeldBackBy | null {
    const [first] = Object.entries(this.#shares).sort((a, b) => b[1] - a[1]);
    return first && first[1] > 0 ? (first[0] as HeldBackBy) : null;
  }

  #sample(moment: Moment): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#loop);
    this.#loop = now;
    this.#shares[whatHolds(moment, utilization)] += 1;
  }
}

/** What holds the run back at a moment, given how busy the event loop was, 0 to 1. */
export function whatHolds(moment: Moment, utilization: number): HeldBackBy {
  if (moment.isServerWait) return 'server';
  if (utilization > BUSY) return 'cpu';
  if (moment.waitingForRate > 0) return 'rate';
  if (moment.isFull) return 'concurrency';
  return moment.isLookingUp ? 'lookups' : 'input';
}

/** What kept a run from going faster, by the largest share of its time. */
export type HeldBackBy = 'rate' | 'concurrency' | 'lookups' | 'server' | 'input' | 'cpu';
