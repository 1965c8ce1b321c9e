import type { Clock } from '../../../core/clock.ts';
import type { ConflictPolicy, JsonObject, Patch } from '../../../core/types.ts';
import type { State } from '../../../state/state.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReadFirst } from '../run-options.ts';

/** What a contact was seen to hold serves for a row that comes so much later at most. */
const SEEN_SERVES_MS = 60_000;
/** Contacts of which it is remembered when they were seen. */
const REMEMBERED = 10_000;
/** What a pull saw serves for what is enforced, for which an edit that it did not see is put back by the next run. */
const PULL_SERVES_MS = 12 * 60 * 60_000; // half a day

export interface PresentValuesOptions {
  /** Whether anything of the run depends on present values; if not, nothing is remembered of what answers show. */
  readonly areUsed: boolean;
  readonly readFirst: ReadFirst;
  /** Undefined without one: then nothing is kept of what answers show, and each contact in question is read. */
  readonly state: Pick<State, 'completeAt'> | undefined;
  readonly clock: Clock;
}

/** Whether a run may read contacts before it writes them: to take its writes back, to plan them, or to spare agents' edits. */
export function readsPresentValues({ options, reading }: Plan): boolean {
  const { undoable, command, readFirst } = options;
  const keepsEdits = reading.mapping.fields.some(({ onConflict }) => onConflict === 'theirs');
  return undoable || command === 'plan' || readFirst === 'changed' || keepsEdits;
}

/** Whether a run puts back what agents changed. */
export function enforcesValues({ reading }: Plan): boolean {
  return reading.mapping.fields.some(({ onConflict }) => onConflict === 'enforce');
}

/** Knows of which contacts the present values are known, and of which they must be read before a write. */
export class PresentValues {
  readonly #options: PresentValuesOptions;
  /** When contacts were seen, in monotonic milliseconds; the latest at the end. */
  readonly #seen = new Map<number, number>();
  readonly #isPullRecent: boolean;

  constructor(options: PresentValuesOptions) {
    const { state, clock } = options;
    this.#options = options;
    const age = clock.now() - (state?.completeAt ?? Number.NEGATIVE_INFINITY);
    this.#isPullRecent = age >= 0 && age <= PULL_SERVES_MS;
  }

  /** Whether the present values of a contact must be known before these fields of it are written. */
  areNeeded({ fields }: Patch, policy: (path: string) => ConflictPolicy): boolean {
    return this.#options.readFirst === 'changed' || fields.some((path) => policy(path) === 'theirs');
  }

  /** When the contact was seen, in monotonic milliseconds; minus infinity where that does not count any more. */
  seenAt(contactId: number): number {
    const at = this.#seen.get(contactId) ?? Number.NEGATIVE_INFINITY;
    return this.#options.clock.monotonic() - at <= SEEN_SERVES_MS ? at : Number.NEGATIVE_INFINITY;
  }

  /** Whether what is known of the contact may be compared with what is enforced. */
  isFresh(contactId: number): boolean {
    return this.#isPullRecent || this.seenAt(contactId) > Number.NEGATIVE_INFINITY;
  }

  /** The state has learnt what the contact holds now. */
  saw({ id }: JsonObject): void {
    if (!this.#options.areUsed || !this.#options.state) return;
    const contactId = Number(id);
    this.#seen.delete(contactId);
    this.#seen.set(contactId, this.#options.clock.monotonic());
    if (this.#seen.size <= REMEMBERED) return;
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  /** A write of the contact is about to leave. */
  forget(contactId: number): void {
    this.#seen.delete(contactId);
  }
}
