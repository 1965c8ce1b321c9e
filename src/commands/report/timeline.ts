import { STATUSES, type Status } from '../../core/types.ts';
import type { ReportHeartbeat, ReportRow } from './facts.ts';
import { TimeSketch } from './time-sketch.ts';

/** Slices kept apart: as many as a screen can show. */
const MAX_SLICES = 240;

/** What happened in a slice of time. */
export interface Slice {
  readonly statuses: Record<Status, number>;
  readonly times: TimeSketch;
  /** HTTP requests of the rows that ended here, and those beyond a row's first. */
  rowRequests: number;
  rowRetries: number;
  /** As pulses tell it. */
  requests: number;
  retries: number;
  throttled: number;
  pausedMs: number;
  outageMs: number;
}

/** A process that worked on the run. */
export interface Stint {
  readonly began_at: string;
  /** Milliseconds of work before it. */
  readonly afterMs: number;
  /** Milliseconds for which nobody worked before it. */
  readonly idleMs: number;
}

/**
 * A run cut into slices of equal length, which doubles as the run goes on. Its time is time of work: what lies
 * between the end of a process and the resume that follows is left out, so that a night's break is no empty chart.
 */
export class Timeline {
  readonly stints: Stint[] = [];
  sliceMs = 1_000;
  hasPulses = false;
  #slices: (Slice | undefined)[] = [];
  #origin: number;
  #last: number;
  #idle = 0;

  /** `startedAt` is the time in the run's header. */
  constructor(startedAt: string) {
    this.#origin = Date.parse(startedAt) || 0;
    this.#last = this.#origin;
    this.stints.push({ began_at: startedAt, afterMs: 0, idleMs: 0 });
  }

  /** Milliseconds of work up to the last line. */
  get lengthMs(): number {
    return this.#last - this.#origin - this.#idle;
  }

  /** When the last line was written. */
  get lastAt(): string {
    return new Date(this.#last).toISOString();
  }

  addRow(row: ReportRow): void {
    const slice = this.#at(row.at);
    slice.statuses[row.status] += 1;
    if (row.duration_ms !== undefined) slice.times.add(row.duration_ms);
    slice.rowRequests += row.attempts ?? 0;
    slice.rowRetries += Math.max(0, (row.attempts ?? 0) - 1);
  }

  addPulse(pulse: ReportHeartbeat): void {
    this.hasPulses = true;
    const slice = this.#at(pulse.at);
    // the share of a pulse that belongs to the slices before
    const from = Math.max(0, this.lengthMs - pulse.ms);
    const first = Math.floor(from / this.sliceMs);
    const last = Math.floor(this.lengthMs / this.sliceMs);
    const length = Math.max(1, this.lengthMs - from);
    for (let place = first; place <= last; place += 1) {
      const part =
        first === last
          ? 1
          : (Math.min(this.lengthMs, (place + 1) * this.sliceMs) - Math.max(from, place * this.sliceMs)) /
            length;
      const share = place === last ? slice : this.#place(place);
      share.requests += pulse.requests * part;
      share.retries += pulse.retries * part;
      share.throttled += pulse.throttled * part;
      share.pausedMs += pulse.paused_ms * part;
      share.outageMs += pulse.outage_ms * part;
    }
  }

  /** A process goes on with the run. */
  addResume(at: string): void {
    const afterMs = this.lengthMs;
    const idleMs = Math.max(0, (Date.parse(at) || this.#last) - this.#last);
    this.#idle += idleMs;
    this.#last += idleMs;
    this.stints.push({ began_at: at, afterMs, idleMs });
  }

  /** The slices in order, those in which nothing happened too. */
  slices(): Slice[] {
    const count = Math.floor(this.lengthMs / this.sliceMs) + 1;
    return Array.from(
      { length: Math.max(count, this.#slices.length) },
      (_, i) => this.#slices[i] ?? emptySlice(),
    );
  }

  #at(at: string): Slice {
    const time = Date.parse(at);
    // a clock that was set back must not bend the chart
    if (time > this.#last) this.#last = time;
    while (this.lengthMs >= this.sliceMs * MAX_SLICES) {
      this.#slices = pairs(this.#slices);
      this.sliceMs *= 2;
    }
    return this.#place(Math.floor(this.lengthMs / this.sliceMs));
  }

  #place(place: number): Slice {
    let slice = this.#slices[place];
    if (!slice) {
      slice = emptySlice();
      this.#slices[place] = slice;
    }
    return slice;
  }
}

// --- internal ---

function emptySlice(): Slice {
  return {
    statuses: Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>,
    times: new TimeSketch(),
    rowRequests: 0,
    rowRetries: 0,
    requests: 0,
    retries: 0,
    throttled: 0,
    pausedMs: 0,
    outageMs: 0,
  };
}

function join(into: Slice, from: Slice): void {
  for (const status of STATUSES) into.statuses[status] += from.statuses[status];
  into.times.join(from.times);
  into.rowRequests += from.rowRequests;
  into.rowRetries += from.rowRetries;
  into.requests += from.requests;
  into.retries += from.retries;
  into.throttled += from.throttled;
  into.pausedMs += from.pausedMs;
  into.outageMs += from.outageMs;
}

function pairs(slices: readonly (Slice | undefined)[]): (Slice | undefined)[] {
  return Array.from({ length: Math.ceil(slices.length / 2) }, (_, i) => {
    const [first, second] = [slices[i * 2], slices[i * 2 + 1]];
    if (first && second) join(first, second);
    return first ?? second;
  });
}
