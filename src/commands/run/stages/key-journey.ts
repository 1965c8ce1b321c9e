import type { KeyMoves, KeyWatch } from '../../../client/lookup/key-moves.ts';
import type { MatchKey } from '../../../core/types.ts';
import type { KeyClaims } from './keys-in-flight.ts';
import type { Journey } from './stage-types.ts';

/** A row on its way to the contact that has its key, in a run that may move that key meanwhile. */
export class KeyJourney implements Journey {
  readonly claims: KeyClaims;
  readonly #moves: KeyMoves;
  readonly #keys: readonly MatchKey[];
  #watch: KeyWatch;
  #found: { readonly contactId: number; readonly by: MatchKey } | undefined;

  constructor(claims: KeyClaims, moves: KeyMoves, keys: readonly MatchKey[]) {
    this.claims = claims;
    this.#moves = moves;
    this.#keys = keys;
    this.#watch = moves.watch();
  }

  /** The contact is about to be looked for: what moves from now on counts. */
  seek(): void {
    this.#moves.close(this.#watch);
    this.#watch = this.#moves.watch();
    this.#found = undefined;
    this.claims.seek();
  }

  /** The row's contact, and the key by which it was found; none where the row names the id, or it was found otherwise. */
  found(contactId: number, by?: MatchKey): void {
    this.claims.found(contactId, by);
    this.#found = by && { contactId, by };
  }

  creates(): void {
    this.claims.creates();
  }

  hasMoved(): boolean {
    if (!this.#found) return false;
    const { contactId, by } = this.#found;
    for (const key of this.#keys) {
      if (key.field === by.field) return this.#moves.isMoved(this.#watch, key, contactId);
      // a key that found nothing comes before the one that did
      if (this.#moves.isMoved(this.#watch, key)) return true;
    }
    return false;
  }

  reached(): void {
    this.claims.reached();
  }

  end(): void {
    this.#moves.close(this.#watch);
    this.claims.leave();
  }
}

/** The way of a row where no row names its contact by keys. */
export const NO_JOURNEY: Journey = {
  creates: () => {},
  found: () => {},
  hasMoved: () => false,
  reached: () => {},
  end: () => {},
};
