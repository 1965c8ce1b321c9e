import { overlaps } from '../core/field-path.ts';
import { EMPTY, type Hash } from './compare/hash.ts';
import type { OurField } from './compare/hashed-patch.ts';
import { type Area, isSocial } from './compare/paths.ts';
import { type ContactRecord, type FieldRecord, MAX_DIGESTS } from './storage/record.ts';

/** Numbers of paths, and where answers show them. */
export interface PathNumbers {
  /** Undefined where there is no room for another path: such a field is not remembered, and always sent. */
  numberOf(path: string): number | undefined;
  pathOf(id: number): string | undefined;
  areaOf(id: number): Area | undefined;
}

/** What we said last of a field, whatever the account holds. */
export type FieldMemory = Omit<FieldRecord, 'theirs'>;

/** What an answer showed, as hashes by path number. */
export interface SeenHashes {
  readonly areas: readonly Area[];
  readonly hashes: readonly (readonly [path: number, hash: Hash])[];
}

/** Marks the fields as sent by a write whose fate is not known, with those that a write to them may change as well. */
export function beginDoubt(record: ContactRecord, sent: readonly string[], paths: PathNumbers): void {
  for (const path of sent) {
    const id = paths.numberOf(path);
    if (id === undefined) continue;
    fieldOf(record, id, paths).inDoubt = true;
    if (!isSocial(path)) continue;
    for (const field of overlapping(record, path, paths)) field.inDoubt = true;
    forgetProfiles(record);
  }
  // a digest says that nothing of its patch is in doubt
  record.digests = [];
}

/** The fields were written: they are what we last sent, and what the account holds of them is not known until it is seen. */
export function applySent(
  record: ContactRecord,
  sent: readonly OurField[],
  writer: number,
  paths: PathNumbers,
): void {
  record.digests = [];
  for (const ours of sent) {
    const id = paths.numberOf(ours.path);
    if (id === undefined) continue;
    if (isSocial(ours.path)) {
      for (const field of overlapping(record, ours.path, paths)) {
        Object.assign(field, { base: undefined, theirs: undefined, inDoubt: false });
      }
      forgetProfiles(record);
    }
    record.fields.set(id, { base: ours.hash, kind: ours.kind, writer, theirs: undefined, inDoubt: false });
  }
}

/** The row has nothing to send for these fields: from now on they are what we last said of them. */
export function applyKept(
  record: ContactRecord,
  kept: readonly OurField[],
  writer: number,
  paths: PathNumbers,
): void {
  for (const ours of kept) {
    const id = paths.numberOf(ours.path);
    if (id === undefined) continue;
    const field = fieldOf(record, id, paths);
    if (field.base === ours.hash && field.kind === ours.kind) continue;
    Object.assign(field, { base: ours.hash, kind: ours.kind, writer });
    record.digests = [];
  }
}

/** Remembers that every field of the patch is as in its base. */
export function rememberDigest(record: ContactRecord, digest: Hash): void {
  record.digests = [digest, ...record.digests.filter((other) => other !== digest)].slice(0, MAX_DIGESTS);
}

/** The account was seen to hold this. What an area that was seen does not list is empty. */
export function applySeen(record: ContactRecord, seen: SeenHashes, paths: PathNumbers): void {
  for (const [id, field] of record.fields) {
    const area = paths.areaOf(id);
    if (area && seen.areas.includes(area)) field.theirs = EMPTY;
  }
  for (const [id, hash] of seen.hashes) fieldOf(record, id, paths).theirs = hash;
  for (const area of seen.areas) record.areas.add(area);
}

/** A write to the fields at `paths` was taken back: they, and those in `before`, are what we had said of them before it. */
export function applyPutBack(
  record: ContactRecord,
  fields: readonly string[],
  before: ReadonlyMap<string, FieldMemory>,
  paths: PathNumbers,
): void {
  record.digests = [];
  for (const path of new Set([...fields, ...before.keys()])) {
    const id = paths.numberOf(path);
    if (id !== undefined) Object.assign(fieldOf(record, id, paths), before.get(path) ?? NEVER_SENT);
  }
}

// --- internal ---

const NEVER_SENT: FieldMemory = { base: undefined, kind: 'none', writer: 0, inDoubt: false };

/** The field's record, made from what its area says where there is none. */
function fieldOf(record: ContactRecord, id: number, paths: PathNumbers): FieldRecord {
  let field = record.fields.get(id);
  if (!field) {
    const area = paths.areaOf(id);
    const theirs = area && record.areas.has(area) ? EMPTY : undefined;
    field = { base: undefined, kind: 'none', writer: 0, theirs, inDoubt: false };
    record.fields.set(id, field);
  }
  return field;
}

/** A profile that has no record would count as empty, and a write of profiles may have filled it. */
function forgetProfiles(record: ContactRecord): void {
  record.areas.delete('additional_attributes');
}

/** The fields that a write of profiles at `path` changes as well. */
function* overlapping(record: ContactRecord, path: string, paths: PathNumbers): Iterable<FieldRecord> {
  for (const [id, field] of record.fields) {
    const other = paths.pathOf(id);
    if (other !== undefined && other !== path && overlaps(path, other)) yield field;
  }
}
