import { contactAt, GIVEN_BYTES, standInAt } from './given-values.ts';

/**
 * Finds out which stand-ins mean one contact: a row that names its contact by two keys, or gives a key to one, says that
 * whoever has the key is that contact. Where rows say so of two contacts nothing follows.
 */
export class Owners {
  /** By stand-in, the contacts that rows name it or give it to. */
  readonly #owners = new Map<number, Set<number>>();

  /** The contact that a stand-in means, by all that the rows say; itself where they say nothing, or different things. */
  readonly of = (contact: number): number => this.#follow(contact, MAX_CHAIN);

  /** These are to be found out; false where all of them are known. */
  want(contacts: Iterable<number>): boolean {
    const before = this.#owners.size;
    for (const one of contacts) if (one < 0 && !this.#owners.has(one)) this.#owners.set(one, new Set());
    return this.#owners.size > before;
  }

  /** Those that were found, which may be stand-ins in turn. */
  *found(): Iterable<number> {
    for (const owners of [...this.#owners.values()]) yield* owners;
  }

  /** Looks for what these values say of those that are wanted. */
  look(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += GIVEN_BYTES) {
      const standIn = standInAt(bytes, at);
      const owners = this.#owners.get(standIn);
      const contact = contactAt(bytes, at);
      if (owners && owners.size <= MAX_OWNERS && contact !== standIn) owners.add(contact);
    }
  }

  // --- internal ---

  #follow(contact: number, steps: number): number {
    const owners = contact < 0 && steps > 0 ? this.#owners.get(contact) : undefined;
    if (!owners || owners.size === 0 || owners.size > MAX_OWNERS) return contact;
    const meant = new Set([...owners].map((owner) => this.#follow(owner, steps - 1)));
    const [only] = meant;
    return only !== undefined && meant.size === 1 ? only : contact;
  }
}

// --- internal ---

/** Chains are as long as there are kinds of keys. */
const MAX_CHAIN = 3;
/** With more owners than this a key belongs to different contacts, whatever they mean. */
const MAX_OWNERS = 4;
