import { randomBytes } from 'node:crypto';
import {
  type JsonValue,
  KEY_FIELDS,
  type KeyField,
  type MatchKey,
  type Patch,
  type RowError,
} from '../../core/types.ts';
import { createHasher, EMPTY, type Hash, type Hasher } from '../compare/hash.ts';
import { canonicalText } from '../compare/normalise.ts';
import type { State } from '../state.ts';
import { describe, type Reason } from './clash-text.ts';
import { type GivenPlace, type GivenValue, NAMED, standInOf } from './given-values.ts';
import { type Move, Moves } from './moves.ts';
import { Owners } from './owners.ts';
import { PairFinder } from './pair-finder.ts';
import { Partitions } from './partitions.ts';

/** Rows that must not be sent because of other rows. */
export interface Clashes {
  /** Why the row must not be sent; undefined where nothing is in its way. */
  of(input: number, row: number): RowError | undefined;
  /** Rows that have such a reason. */
  readonly size: number;
}

/** What a row gives a contact that has it already. */
export interface KnownGifts {
  readonly contactId: number;
  /** What the row names the contact by; empty for an id. */
  readonly keys: readonly MatchKey[];
  /** The fields among {@link KEY_FIELDS} that the row sets. */
  readonly keyFields: readonly KeyField[];
  /** The hashes of their values, as {@link KnownFields} makes them. */
  readonly given: readonly Hash[];
}

/** What is known of the account, as far as it is asked here. */
export type KnownFields = Pick<State, 'compare' | 'find' | 'hashOf'>;

/**
 * Looks for e-mails, phones and identifiers that the rows of a run give to two contacts, and for values that go from
 * one contact to another: both end in a refusal that depends on which of the two comes first. Rows are added in a
 * first pass; memory does not grow with them beyond some 20 MB.
 */
export class DuplicateFinder {
  readonly #known: KnownFields | undefined;
  readonly #hasher: Hasher = createHasher(randomBytes(16).toString('hex'));
  readonly #given: Partitions;
  #moves: Move[] = [];

  /** Without `known` only what the rows say of each other is found. */
  constructor(known?: KnownFields, given = new Partitions()) {
    this.#known = known;
    this.#given = given;
  }

  /**
   * A row gives these values to a contact: its id, or a key of it as long as the id is not known. `others` are further keys
   * that the row names the same contact by.
   */
  add(
    place: GivenPlace,
    contact: number | MatchKey,
    patch: Pick<Patch, 'body' | 'fields'>,
    others: readonly MatchKey[] = [],
  ): void {
    const { input, row, line } = place;
    const own = typeof contact === 'number' ? contact : standInOf(this.#hash(contact.field, contact.value));
    this.#addNames(place, own, others);
    // most rows give their contact what it has, which is known at a glance
    const isNew = typeof contact === 'number' ? this.#changes(contact, patch) : undefined;
    for (const [index, field] of KEY_FIELDS.entries()) {
      if (!patch.fields.includes(field)) continue;
      const hash = this.#hash(field, patch.body[field]);
      const given: GivenValue = { input, row, line, hash, contact: own, field: index };
      this.#given.add(given);
      if (!isNew?.includes(field)) continue;
      const text = canonicalText(field, patch.body[field]);
      if (text !== '') this.#noteMove(given, { field, value: text });
    }
  }

  /** A row gives a contact what it has already, so that it need not be compared. */
  addKnown(place: GivenPlace, { contactId: contact, keys, keyFields, given }: KnownGifts): void {
    const { input, row, line } = place;
    this.#addNames(place, contact, keys);
    for (const [i, name] of keyFields.entries()) {
      const hash = given[i];
      if (hash !== undefined)
        this.#given.add({ input, row, line, hash, contact, field: KEY_FIELDS.indexOf(name) });
    }
  }

  /** What was found. To be called once, after the last row. */
  clashes(): Clashes {
    const found = new Map<number, Reason>();
    const note = (given: GivenValue, reason: Reason): void => {
      const key = keyOf(given);
      const before = found.get(key);
      if (!before || before.field > reason.field) found.set(key, reason);
    };
    const moves = new Moves(this.#moves);
    const pairs = new PairFinder();
    const owners = new Owners();
    let mayBeOne = false;
    for (const bytes of this.#given.each()) {
      for (const { one, other } of pairs.find(bytes)) {
        note(one, { kind: 'duplicate', field: one.field, other });
        mayBeOne = owners.want([one.contact, other.contact]) || mayBeOne;
      }
      moves.look(bytes);
    }
    if (mayBeOne) this.#pairAgain(owners, pairs, found, note);
    this.#given.close();
    for (const { taken, reason } of moves.found()) note(taken, reason);
    return {
      size: found.size,
      of: (input, row) => {
        const reason = found.get(keyOf({ input, row }));
        return reason && describe(reason, input);
      },
    };
  }

  // --- internal ---

  /** The row names the contact by these keys. */
  #addNames({ input, row, line }: GivenPlace, contact: number, keys: readonly MatchKey[]): void {
    for (const { field, value } of keys) {
      const hash = this.#hash(field, value);
      this.#given.add({ input, row, line, hash, contact, field: NAMED + KEY_FIELDS.indexOf(field) });
    }
  }

  /** Looks at all pairs once more, now that rows with different keys may turn out to mean one contact. */
  #pairAgain(
    owners: Owners,
    pairs: PairFinder,
    found: Map<number, Reason>,
    note: (given: GivenValue, reason: Reason) => void,
  ): void {
    do for (const bytes of this.#given.each()) owners.look(bytes);
    while (owners.want(owners.found()));
    found.clear();
    for (const bytes of this.#given.each()) {
      for (const { one, other } of pairs.find(bytes, owners.of))
        note(one, { kind: 'duplicate', field: one.field, other });
    }
  }

  #hash(field: KeyField, value: JsonValue | undefined): Hash {
    const known = this.#known?.hashOf(field, value);
    if (known !== undefined) return known;
    const text = canonicalText(field, value);
    // most values stand in one row, so that there is no point in remembering their hashes
    return text === '' ? EMPTY : this.#hasher.digest(`${field}\0${text}`);
  }

  #changes(
    contactId: number,
    { body, fields }: Pick<Patch, 'body' | 'fields'>,
  ): readonly string[] | undefined {
    return this.#known?.compare({ contactId, body, fields }, () => 'ours').send;
  }

  /** Whether somebody else holds the value as yet. */
  #noteMove(taken: GivenValue, key: MatchKey): void {
    const ids = this.#known?.find(key) ?? [];
    const [holder] = ids;
    if (holder !== undefined && !ids.includes(taken.contact)) this.#moves.push({ taken, holder });
  }
}

// --- internal ---

function keyOf({ input, row }: { readonly input: number; readonly row: number }): number {
  return input * 2 ** 32 + row;
}
