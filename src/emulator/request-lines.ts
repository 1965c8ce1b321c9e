import type { RequestSummary } from './request-summary.ts';

/** More requests than this in a second are told in one line. */
const MAX_LINES_PER_SECOND = 20;
const MAX_FIELDS_LENGTH = 100;

/** Tells what the emulator was asked: a line a request, or a line a second when there are many. */
export class RequestLines {
  readonly #write: (line: string) => void;
  #second = 0;
  #requests = 0;
  #isBusy = false;
  #untold = 0;
  #untoldByStatus: Record<string, number> = {};
  #slowestMs = 0;

  /** `write` gets lines without their line break. */
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Tells of a request that ended at `now` (ms). */
  add(seen: RequestSummary, now: number): void {
    this.tick(now);
    this.#requests += 1;
    if (!this.#isBusy && this.#requests <= MAX_LINES_PER_SECOND) {
      this.#write(lineOf(seen));
      return;
    }
    this.#untold += 1;
    this.#untoldByStatus[seen.status] = (this.#untoldByStatus[seen.status] ?? 0) + 1;
    this.#slowestMs = Math.max(this.#slowestMs, seen.durationMs);
  }

  /** To be called about once a second: tells what is left of the second that is over. */
  tick(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.#second) return;
    this.flush();
    this.#isBusy = this.#requests > MAX_LINES_PER_SECOND && second === this.#second + 1;
    this.#second = second;
    this.#requests = 0;
  }

  /** Tells at once what was not told yet. */
  flush(): void {
    if (this.#untold === 0) return;
    const more = this.#isBusy ? 'requests' : 'more requests';
    const slowest = Math.round(this.#slowestMs);
    this.#write(`${this.#untold} ${more}: ${statusesOf(this.#untoldByStatus)}; slowest ${slowest} ms`);
    this.#untold = 0;
    this.#untoldByStatus = {};
    this.#slowestMs = 0;
  }
}

/** Counts by status on one line, e.g. `200 x40, 429 x2`; status 0 is a dropped connection. */
export function statusesOf(byStatus: Readonly<Record<string, number>>): string {
  const counts = Object.entries(byStatus).map(([status, count]) => `${nameOf(Number(status))} x${count}`);
  return counts.join(', ') || 'none';
}

function lineOf({ method, contactId, fields, status, durationMs }: RequestSummary): string {
  const parts = [method, contactId === null ? 'contacts' : String(contactId), fieldList(fields)];
  return `${parts.filter(Boolean).join(' ')} -> ${nameOf(status)} ${Math.round(durationMs)} ms`;
}

function nameOf(status: number): string {
  return status === 0 ? 'dropped' : String(status);
}

/** Keys come from outside: whatever could move the cursor of a terminal is left out. */
function fieldList(fields: readonly string[]): string {
  const list = fields.join(',').replace(/[\p{C}\s]/gu, '?');
  return list.length > MAX_FIELDS_LENGTH ? `${list.slice(0, MAX_FIELDS_LENGTH)}…` : list;
}
