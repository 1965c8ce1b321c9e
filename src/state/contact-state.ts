import type { Clock } from '../core/clock.ts';
import { EXIT, RunError } from '../core/errors.ts';
import { overlaps } from '../core/field-path.ts';
import { isObject } from '../core/json.ts';
import type { ConflictPolicy, JsonObject, JsonValue, KeyField, MatchKey } from '../core/types.ts';
import { KEY_FIELDS } from '../core/types.ts';
import {
  applyKept,
  applyPutBack,
  applySeen,
  applySent,
  beginDoubt,
  rememberDigest,
} from './change-record.ts';
import { type Comparison, comparePatch, everything, NOTHING_NEW } from './compare/compare-patch.ts';
import { createHasher, EMPTY, type Hash, type Hasher } from './compare/hash.ts';
import {
  type Comparable,
  digestOf,
  digestOfCells,
  hashFields,
  type OurField,
} from './compare/hashed-patch.ts';
import { canonicalText } from './compare/normalise.ts';
import { seenOf } from './compare/paths.ts';
import { decodeMemory, encodeMemory } from './field-memory.ts';
import { type OtherWriter, Writers } from './other-mappings.ts';
import { type Pull, PullCheckpoint } from './pull-checkpoint.ts';
import type { HowToCompare, Learnt, State } from './state.ts';
import { ContactRecords } from './storage/contact-records.ts';
import type { Doubt } from './storage/logged-change.ts';
import type { OtherStores } from './storage/other-stores.ts';
import { createLayouts, createPaths, type Paths } from './storage/path-dictionary.ts';
import type { ContactRecord } from './storage/record.ts';
import type { Store } from './storage/store.ts';

export interface ContactStateOptions {
  readonly store: Store;
  /** What the other stores of the account know. */
  readonly others: OtherStores;
  /** Number of this run among those that write to stores of the account. */
  readonly epoch: number;
  /** The same of the run before that wrote to this store. Default: one less. */
  readonly epochBefore?: number;
  /** A pull begins with a new epoch: no other store may count it for another run. */
  readonly onEpoch?: (epoch: number) => void;
  readonly salt: string;
  /** Names the mapping, so that two mappings that write one field are noticed. */
  readonly mappingHash: string;
  /** Names everything beside the mapping that decides what cells are read as. */
  readonly readBy?: string;
  readonly clock: Clock;
  readonly isReadOnly: boolean;
  readonly notes: readonly string[];
}

/** The {@link State} over a store. */
export class ContactState implements State {
  readonly notes: readonly string[];
  readonly isReadOnly: boolean;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #hasher: Hasher;
  /** How cells become values, for digests of cells. */
  readonly #reading: string;
  readonly #paths: Paths;
  readonly #records: ContactRecords;
  readonly #writers: Writers;
  readonly #pulls: PullCheckpoint;
  readonly #others: OtherStores;
  readonly #onEpoch: ContactStateOptions['onEpoch'];
  #epoch: number;
  /** Whether the store knew all contacts when it was opened. */
  readonly #wasComplete: boolean;
  /** The hashes of the patches that were looked at last, those on their way among them. */
  #hashed = new Map<Comparable, readonly OurField[]>();

  constructor(options: ContactStateOptions) {
    const { store, others } = options;
    this.notes = options.notes;
    this.isReadOnly = options.isReadOnly;
    this.#store = store;
    this.#clock = options.clock;
    this.#hasher = createHasher(options.salt);
    this.#reading = `${options.readBy ?? ''}\0${options.mappingHash}`;
    this.#paths = createPaths(store);
    const writers = new Writers(store, options.mappingHash);
    this.#writers = writers;
    this.#records = new ContactRecords({
      store,
      others,
      paths: this.#paths,
      layouts: createLayouts(store),
      writerNumber: (mappingHash) => writers.numberOf(mappingHash),
    });
    this.#pulls = new PullCheckpoint({ store, others, records: this.#records });
    this.#others = others;
    this.#onEpoch = options.onEpoch;
    this.#epoch = options.epoch;
    store.setMeta('epoch', this.#epoch);
    this.#wasComplete = this.isComplete;
    const { epochBefore = options.epoch - 1 } = options;
    for (const doubt of store.leftDoubts) {
      // what another store has learned of the contact since is newer
      if (this.#records.read(doubt.id).epoch <= epochBefore) this.#putInDoubt(doubt);
      store.log.note({ kind: 'settled', id: doubt.id });
    }
  }

  compare(
    patch: Comparable,
    policy: (path: string) => ConflictPolicy,
    { isFresh = false, seen, enforces = false }: HowToCompare = {},
  ): Comparison {
    if (seen) {
      const record = this.#records.read(patch.contactId);
      this.#applySeen(record, seen);
      return comparePatch(this.#hash(patch), { record, idOf: this.#paths.find, policy, isFresh: true });
    }
    const record = this.#records.look(patch.contactId, enforces ? undefined : () => this.#digest(patch));
    if (record === true) return NOTHING_NEW;
    if (!record) return everything(patch.fields);
    return comparePatch(this.#hash(patch), { record, idOf: this.#paths.find, policy, isFresh });
  }

  basesIfUnchanged(contactId: number, cells: string, fields: readonly string[]): readonly Hash[] | undefined {
    const digest = (): Hash => digestOfCells(cells, this.#reading, this.#hasher);
    return this.#records.basesUnder(contactId, digest, fields);
  }

  hashOf(path: string, value: JsonValue | undefined): Hash {
    return this.#hasher.field(path, canonicalText(path, value));
  }

  doubt(patch: Comparable, send: readonly string[]): Promise<void> {
    if (this.#store.log.get(patch.contactId)) this.undecided(patch);
    const keys = send.filter(isKeyField).map((path) => this.hashOf(path, patch.body[path]));
    return this.#store.log.begin({ id: patch.contactId, fields: send, keys });
  }

  delivered(patch: Comparable, sent: readonly string[], contact: JsonObject | undefined): void {
    const doubt = this.#store.log.get(patch.contactId);
    const record = this.#records.read(patch.contactId);
    const ours = this.#hash(patch);
    const isAll = sent.length === ours.length;
    const written = isAll ? ours : ours.filter(({ path }) => sent.includes(path));
    const unsent = (doubt?.fields !== sent && doubt?.fields.filter((path) => !sent.includes(path))) || [];
    if (unsent.length > 0) beginDoubt(record, unsent, this.#paths);
    this.#noteWriters(record, written);
    applySent(record, written, this.#writers.own, this.#paths);
    const kept = isAll ? [] : ours.filter(({ path }) => !sent.includes(path));
    applyKept(record, kept, this.#writers.own, this.#paths);
    if (contact) this.#applySeen(record, contact);
    this.#remember(record, patch);
    this.#writeMet(patch.contactId, record, true);
    this.#end(patch);
  }

  refused(patch: Comparable): void {
    this.#end(patch);
  }

  undecided(patch: Comparable): void {
    const doubt = this.#store.log.get(patch.contactId);
    if (doubt) this.#putInDoubt(doubt);
    this.#end(patch);
  }

  confirm(patch: Comparable, comparison: Comparison): void {
    this.#confirm(patch, comparison);
    this.#hashed.delete(patch);
  }

  #confirm(patch: Comparable, comparison: Comparison): void {
    if (comparison.isKnown) return;
    const record = this.#records.read(patch.contactId);
    const kept = this.#hash(patch).filter(({ path }) => !comparison.send.includes(path));
    applyKept(record, kept, this.#writers.own, this.#paths);
    if (comparison.settled) this.#remember(record, patch);
    this.#write(patch.contactId, record);
  }

  learn(contact: JsonObject, isNow = false): Learnt {
    const id = Number(contact.id);
    if (!Number.isSafeInteger(id) || id <= 0) return { isFirst: false, isTaken: false };
    const record = this.#records.read(id);
    const metIn = record.isMet ? record.epoch : 0;
    const isFirst = metIn < (this.#pulls.open?.epoch ?? 0);
    const isWritten = record.isWritten && record.epoch === this.#epoch;
    if (isWritten && !isNow) return { isFirst, isTaken: false };
    this.#applySeen(record, contact);
    this.#writeMet(id, record, isWritten);
    return { isFirst, isTaken: true };
  }

  find(key: MatchKey): readonly number[] {
    const found = this.#find(key);
    if (found.length > 0 || !this.#wasComplete || this.isComplete) return found;
    throw new RunError(
      'ERR_STATE',
      'the state turned out to be damaged and was begun anew, so that contacts which a pull had found are not known any more. Nothing is lost: go on with --resume, which looks them up',
      { exitCode: EXIT.stopped },
    );
  }

  #find(key: MatchKey): readonly number[] {
    const hash = this.hashOf(key.field, key.value);
    const known = this.#records.holders(key.field, hash);
    const coming = [...this.#store.log.aboutToHold(hash)].filter((id) => !known.includes(id));
    return coming.length > 0 ? [...known, ...coming] : known;
  }

  isDoubtful(key: MatchKey): boolean {
    // a write that is under way is waited for
    return this.find(key).some((id) => !this.#store.log.get(id) && this.#records.isInDoubt(id, key.field));
  }

  holds(contactId: number, path: string, value: JsonValue): boolean {
    const hash = this.hashOf(path, value);
    const isBeingSet = this.#store.log.get(contactId)?.fields.some((field) => overlaps(field, path)) ?? false;
    return hash !== EMPTY && !isBeingSet && this.#records.heldBy(contactId, path) === hash;
  }

  remembered(contactId: number, paths: readonly string[]): JsonObject {
    const fields: JsonObject = {};
    for (const [id, field] of this.#records.read(contactId).fields) {
      const path = this.#paths.pathOf(id);
      if (path === undefined || !paths.some((other) => overlaps(path, other))) continue;
      if (field.base !== undefined || field.inDoubt) {
        fields[path] = encodeMemory(field, this.#writers.hashOf(field.writer));
      }
    }
    return { state: this.#name(), fields };
  }

  putBack(contactId: number, paths: readonly string[], memory: JsonObject | undefined): void {
    const isOwn = memory?.['state'] === this.#name() && isObject(memory['fields']);
    const before = new Map(
      Object.entries(isOwn ? (memory['fields'] as JsonObject) : {})
        .filter(([path]) => paths.some((other) => overlaps(path, other)))
        .map(([path, field]) => [path, decodeMemory(field, (hash) => this.#writers.numberOf(hash))]),
    );
    const record = this.#records.read(contactId);
    applyPutBack(record, paths, before, this.#paths);
    this.#write(contactId, record);
  }

  get isComplete(): boolean {
    return this.completeAt !== undefined;
  }

  get completeAt(): number | undefined {
    return this.#pulls.completeAt;
  }

  beginPull(anew = false): Pull {
    const { open } = this.#pulls;
    if (open && !anew) return open;
    this.#epoch += 1;
    this.#onEpoch?.(this.#epoch);
    this.#store.setMeta('epoch', this.#epoch);
    return this.#pulls.begin(this.#epoch, this.#clock.now());
  }

  countContacts(): Promise<number> {
    return this.#pulls.countKnown();
  }

  countMet(): Promise<number> {
    return this.#pulls.countMet();
  }

  progressPull(cursor: JsonValue): Promise<void> {
    return this.#pulls.progress(cursor);
  }

  endPull(): Promise<{ readonly contacts: number; readonly dropped: number }> {
    return this.#pulls.end((id) => {
      const record = this.#records.read(id);
      if (record.isUnlisted || !this.#records.isListable(record)) return false;
      this.#write(id, { ...record, isUnlisted: true });
      return true;
    });
  }

  otherWriters(): readonly OtherWriter[] {
    return this.#writers.notes();
  }

  room(): Promise<void> {
    return this.#store.room();
  }

  async close(): Promise<void> {
    for (const doubt of this.#store.log.underWay) {
      this.#putInDoubt(doubt);
      this.#store.log.end(doubt.id);
    }
    this.#store.setMeta('is-clean', true);
    try {
      await this.#store.close();
    } finally {
      await this.#others.close();
    }
  }

  // --- internal ---

  /** Tells this state from others, whose hashes mean nothing here. */
  #name(): string {
    return this.#hasher.digest('name');
  }

  /** The write of a patch is over. */
  #end(patch: Comparable): void {
    this.#store.log.end(patch.contactId);
    this.#hashed.delete(patch);
  }

  /** Notes in the contact's record that a write was begun whose fate is not known. */
  #putInDoubt({ id, fields, keys }: Doubt): void {
    const record = this.#records.read(id);
    beginDoubt(record, fields, this.#paths);
    this.#write(id, record, keys);
  }

  #digest(patch: Comparable): Hash {
    return digestOf(patch, this.#reading, this.#hasher);
  }

  #hash(patch: Comparable): readonly OurField[] {
    const known = this.#hashed.get(patch);
    if (known) return known;
    const fields = hashFields(patch, this.#hasher);
    // a WeakMap with an entry for each row would cost the garbage collector more than all that is saved
    if (this.#hashed.size >= MAX_HASHED) this.#hashed.clear();
    this.#hashed.set(patch, fields);
    return fields;
  }

  #applySeen(record: ContactRecord, contact: JsonObject): void {
    const { areas, values } = seenOf(contact);
    const hashes: (readonly [id: number, hash: Hash])[] = [];
    for (const [path, value] of values) {
      const id = this.#paths.numberOf(path);
      if (id !== undefined) hashes.push([id, this.hashOf(path, value)]);
    }
    applySeen(record, { areas, hashes }, this.#paths);
  }

  /** Every field of the patch is as in its base: another row like it is known at a glance. */
  #remember(record: ContactRecord, patch: Comparable): void {
    for (const path of patch.fields) {
      if (record.fields.get(this.#paths.find(path) ?? -1)?.inDoubt) return;
    }
    rememberDigest(record, this.#digest(patch));
  }

  /** Writes a record back that says nothing of whether the contact is in the account. */
  #write(id: number, record: ContactRecord, doubted?: readonly Hash[]): void {
    if (record.epoch !== this.#epoch) {
      const pullingSince = this.#pulls.open?.epoch ?? this.#others.pullingSince;
      record.isMet &&= pullingSince !== undefined && record.epoch >= pullingSince;
      record.isWritten = false;
      record.epoch = this.#epoch;
    }
    this.#records.write(id, record, doubted);
  }

  /** Writes the record of a contact back that was met in the account. */
  #writeMet(id: number, record: ContactRecord, isWritten: boolean): void {
    Object.assign(record, { epoch: this.#epoch, isMet: true, isWritten, isUnlisted: false });
    this.#records.write(id, record);
  }

  #noteWriters(record: ContactRecord, written: readonly OurField[]): void {
    for (const { path, hash } of written) {
      const id = this.#paths.find(path);
      const field = id === undefined ? undefined : record.fields.get(id);
      if (id === undefined || field?.base === undefined || field.base === hash) continue;
      this.#writers.note(path, id, field.writer);
    }
  }
}

// --- internal ---

/** Patches whose hashes are kept at a time: more than are on their way. */
const MAX_HASHED = 4_096;

function isKeyField(path: string): path is KeyField {
  return (KEY_FIELDS as readonly string[]).includes(path);
}
