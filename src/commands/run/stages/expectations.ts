import { sameValue } from '../../../client/write/readback.ts';
import { overlaps, valueAt } from '../../../core/field-path.ts';
import {
  type JsonObject,
  type JsonValue,
  KEY_FIELDS,
  type MatchKey,
  type Patch,
} from '../../../core/types.ts';
import type { State } from '../../../state/state.ts';

/** Contacts whose values are remembered beside the state. */
const REMEMBERED = 10_000;

export interface ExpectationsOptions {
  /** Paths that the mapping expects values at. */
  readonly paths: readonly string[];
  readonly state: Pick<State, 'holds' | 'learn'> | undefined;
  /** The state has learnt what a contact holds now. */
  readonly onLearnt?: (contact: JsonObject) => void;
  /** The account was seen to hold this. */
  readonly onSeen?: ((contact: JsonObject) => void) | undefined;
}

/** What contacts were seen to have of what the mapping expects, so that each is read once for each value and no more. */
export class Expectations {
  readonly #paths: readonly string[];
  readonly #state: ExpectationsOptions['state'];
  readonly #onLearnt: ExpectationsOptions['onLearnt'];
  readonly #onSeen: ExpectationsOptions['onSeen'];
  /** Values at the paths, by contact; the latest at the end. */
  readonly #seen = new Map<number, ReadonlyMap<string, JsonValue | undefined>>();
  #find: (key: MatchKey) => number | undefined = () => undefined;

  constructor({ paths, state, onLearnt, onSeen }: ExpectationsOptions) {
    this.#paths = paths;
    this.#state = state;
    this.#onLearnt = onLearnt;
    this.#onSeen = onSeen;
  }

  /** `find` knows contacts by their keys. */
  alsoAsk(find: (key: MatchKey) => number | undefined): void {
    this.#find = find;
  }

  /** Whether the contact is known to have all that the patch expects. */
  areMet({ contactId, expect }: Patch): boolean {
    if (expect === undefined) return true;
    return Object.entries(expect).every(([path, value]) => this.#isMet(contactId, path, value));
  }

  /** Whether the contact must be read before the patch is sent. */
  readsFirst(patch: Patch): boolean {
    return patch.complete || !this.areMet(patch);
  }

  /** The account holds this contact: from a search, or from a read after every write of this run to it (`isNow`). */
  learn(contact: JsonObject, isNow = false): void {
    if (this.#state?.learn(contact, isNow).isTaken) this.#onLearnt?.(contact);
    this.#onSeen?.(contact);
    const shown = this.#paths.flatMap((path) => {
      const value = valueAt(contact, path);
      return value === undefined ? [] : [[path, value] as const];
    });
    this.#remember(Number(contact['id']), new Map(shown));
  }

  /** A dry run takes the contact for read: a later row with the same expectation costs no second request. */
  assume({ contactId, expect }: Patch): void {
    if (expect !== undefined) this.#remember(contactId, new Map(Object.entries(expect)));
  }

  /** What the patch sets may no longer be as it was seen. */
  forget({ contactId, fields }: Patch): void {
    const isTouched = this.#paths.some((path) => fields.some((field) => overlaps(path, field)));
    if (isTouched) this.#seen.delete(contactId);
  }

  // --- internal ---

  #isMet(contactId: number, path: string, value: JsonValue): boolean {
    const seen = this.#seen.get(contactId);
    if (seen?.has(path)) return sameValue(path, value, seen.get(path));
    if (this.#state?.holds(contactId, path, value)) return true;
    const field = KEY_FIELDS.find((key) => key === path);
    return field !== undefined && typeof value === 'string' && this.#find({ field, value }) === contactId;
  }

  #remember(contactId: number, values: ReadonlyMap<string, JsonValue | undefined>): void {
    if (this.#paths.length === 0) return;
    this.#seen.delete(contactId);
    this.#seen.set(contactId, values);
    if (this.#seen.size <= REMEMBERED) return;
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
