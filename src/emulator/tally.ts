import type { InjectedFault } from './fault.ts';

/** Counters since the start or the last reset. */
export interface Stats {
  readonly requests: number;
  /** By status; 0 counts connections that ended without an answer. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests over a limit, whatever their status was. */
  readonly throttled: number;
  readonly faults: Readonly<Partial<Record<InjectedFault, number>>>;
  /** Writes applied, of an agent too. */
  readonly writes: number;
  readonly inFlight: number;
  readonly peakInFlight: number;
  /** Requests for a contact that came while another one for it was open. */
  readonly overlaps: number;
  /** The most requests that arrived within any second. */
  readonly peakPerSecond: number;
  readonly connections: number;
}

/** What is counted as it happens. */
export class RequestTally {
  byStatus: Record<string, number> = {};
  throttled = 0;
  faults: Partial<Record<InjectedFault, number>> = {};
  inFlight = 0;
  peakInFlight = 0;
  overlaps = 0;
  readonly #open = new Map<number, number>();

  begin(contactId: number | null): void {
    this.inFlight += 1;
    if (this.inFlight > this.peakInFlight) this.peakInFlight = this.inFlight;
    if (contactId === null) return;
    const open = this.#open.get(contactId) ?? 0;
    if (open > 0) this.overlaps += 1;
    this.#open.set(contactId, open + 1);
  }

  end(contactId: number | null, status: number): void {
    this.inFlight -= 1;
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1;
    if (contactId === null) return;
    const open = this.#open.get(contactId) ?? 0;
    if (open > 1) this.#open.set(contactId, open - 1);
    else this.#open.delete(contactId);
  }

  fault(fault: InjectedFault): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }

  /** Back to zero; open requests stay open. */
  reset(): void {
    this.byStatus = {};
    this.throttled = 0;
    this.faults = {};
    this.peakInFlight = this.inFlight;
    this.overlaps = 0;
  }
}
