import { keyValue, textOf } from '../../../client/lookup/match-key.ts';
import { KEY_FIELDS, type KeyField, type MatchKey, type PatchBody } from '../../../core/types.ts';
import type { Aside } from './stage-types.ts';

/**
 * What the rows in flight may do to keys: give one to a contact, make a contact with one, or set the field of a contact
 * that has one. A row that looks for a key waits for the rows before it that may change the answer, and for no others.
 */
export class KeysInFlight {
  #entered = 0;
  readonly #claims: Claims = new Map();

  /** The next row sets out: `body` is what it sets, `made` are the keys that a contact would be made with for it. */
  enter(body: PatchBody, made: readonly MatchKey[]): KeyClaims {
    this.#entered += 1;
    return new KeyClaims(this.#claims, this.#entered, body, made);
  }

  /** Whether a row in flight gives the key to its contact. */
  isGiven(key: MatchKey): boolean {
    return this.#claims.has(giving(key));
  }

  /** Whether a row in flight may make a contact with the key. */
  isMade(key: MatchKey): boolean {
    return this.#claims.has(making(key));
  }

  /** Whether a row in flight may make a contact with a key that `body` gives. */
  mayClash(body: PatchBody): boolean {
    return KEY_FIELDS.some((field) => {
      const value = keyValue(body, field);
      return value !== undefined && this.isMade({ field, value });
    });
  }

  /** Whether a row in flight may take the key away from the contact. */
  isTaken(key: MatchKey, contactId: number): boolean {
    const claims = this.#claims.get(setting(contactId, key.field)) ?? [];
    return [...claims].some((claim) => claim.takes(key));
  }
}

/** What one row may do to keys, from when it was read until it is through. */
export class KeyClaims {
  readonly #all: Claims;
  readonly #order: number;
  readonly #given: readonly MatchKey[];
  readonly #set: ReadonlyMap<KeyField, string | undefined>;
  readonly #made: readonly MatchKey[];
  readonly #names = new Set<string>();
  /** Rows behind this one, to be called when it gives up a claim. */
  #waiting: (() => void)[] = [];

  constructor(all: Claims, order: number, body: PatchBody, made: readonly MatchKey[]) {
    this.#all = all;
    this.#order = order;
    this.#made = made;
    const set = KEY_FIELDS.filter((field) => Object.hasOwn(body, field));
    const given = set.flatMap((field) => {
      const value = keyValue(body, field);
      return value === undefined ? [] : [{ field, value }];
    });
    this.#given = given;
    this.#set = new Map(
      set.map((field) => {
        const key = given.find((one) => one.field === field);
        return [field, key && textOf(key)] as const;
      }),
    );
    this.seek();
  }

  /** The contact of the row is not known: it may be any that has a key of the row, or one that is to be made. */
  seek(): void {
    this.#dropAll();
    for (const key of this.#given) this.#hold(giving(key));
    for (const key of this.#made) this.#hold(making(key));
  }

  /** A contact is about to be made for the row: others must not send to it before all of the row is sent. */
  creates(): void {
    for (const key of this.#made) this.#hold(giving(key));
  }

  /** The row is for this contact, which has `by`. */
  found(contactId: number, by?: MatchKey): void {
    for (const key of this.#made) if (this.#set.get(key.field) !== textOf(key)) this.#drop(giving(key));
    if (by) this.#drop(giving(by));
    for (const field of this.#set.keys()) this.#hold(setting(contactId, field));
  }

  /** The row has reached its contact: none is made for it. */
  reached(): void {
    for (const key of this.#made) this.#drop(making(key));
  }

  /** The row is through. */
  leave(): void {
    this.#dropAll();
  }

  /** Whether the row sets the field of a key to something else. */
  takes({ field, value }: MatchKey): boolean {
    return this.#set.has(field) && this.#set.get(field) !== textOf({ field, value });
  }

  /** Resolves when no row before this one gives the key any more. */
  whenNotGiven(key: MatchKey, aside: Aside): Promise<boolean> {
    return this.#whenNone(giving(key), aside);
  }

  /** Resolves when no row before this one may make a contact with the key any more. */
  whenNotMade(key: MatchKey, aside: Aside): Promise<boolean> {
    return this.#whenNone(making(key), aside);
  }

  /** Resolves when no row before this one may make a contact with a key that this one gives. */
  async whenGiftsAreFree(aside: Aside): Promise<boolean> {
    let hasWaited = false;
    for (const key of this.#given) hasWaited = (await this.whenNotMade(key, aside)) || hasWaited;
    return hasWaited;
  }

  /** Resolves when no row before this one may take the key away from the contact any more. */
  whenNotTaken(key: MatchKey, contactId: number, aside: Aside): Promise<boolean> {
    return this.#whenNone(setting(contactId, key.field), aside, (claim) => claim.takes(key));
  }

  // --- internal ---

  /** Gives whether there was anything to wait for. */
  async #whenNone(
    name: string,
    aside: Aside,
    isInTheWay: (claim: KeyClaims) => boolean = () => true,
  ): Promise<boolean> {
    let hasWaited = false;
    for (;;) {
      const claims = this.#all.get(name);
      const before = claims && [...claims].find((one) => one.#order < this.#order && isInTheWay(one));
      if (!before) return hasWaited;
      hasWaited = true;
      await aside(new Promise<void>((resolve) => before.#waiting.push(resolve)));
    }
  }

  #hold(name: string): void {
    this.#names.add(name);
    const claims = this.#all.get(name);
    if (claims) claims.add(this);
    else this.#all.set(name, new Set([this]));
  }

  #drop(name: string): void {
    if (!this.#names.delete(name)) return;
    const claims = this.#all.get(name);
    claims?.delete(this);
    if (claims?.size === 0) this.#all.delete(name);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #dropAll(): void {
    for (const name of this.#names) this.#drop(name);
  }
}

// --- internal ---

/** Claims by name, with the rows that have them in the order in which they got them. */
type Claims = Map<string, Set<KeyClaims>>;

function giving(key: MatchKey): string {
  return `give ${textOf(key)}`;
}

function making(key: MatchKey): string {
  return `make ${textOf(key)}`;
}

function setting(contactId: number, field: KeyField): string {
  return `set ${contactId} ${field}`;
}
