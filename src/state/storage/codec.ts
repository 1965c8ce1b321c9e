import { EMPTY, HASH_BYTES, type Hash, isHashAt, writeHash } from '../compare/hash.ts';
import { AREAS, type Area } from '../compare/paths.ts';
import type { ContactRecord, FieldRecord } from './record.ts';
import { encodeLayout, type Layout, type LayoutField } from './record-layout.ts';

/** Keeps layouts under numbers. */
export interface Layouts {
  /** The number of a layout, given one if it is new; undefined when there is no room for another. */
  numberOf(bytes: Buffer): number | undefined;
  /** The layout of a number. */
  at(number: number): Layout | undefined;
  /** A layout from its bytes. */
  parse(bytes: Buffer): Layout | undefined;
}

/*
 * A record on disk: flags (1), count of digests (1), epoch (4), digests (8 each), layout (its number, 2; or its length,
 * 2, and its bytes), one bit per field where any is in doubt, then the hashes that the layout calls for.
 */
const FLAGS = { written: 8, unlisted: 16, doubt: 32, inline: 64, unmet: 128 } as const;
const HEAD_BYTES = 6;

/** Whether the record's bytes hold the digest of a patch that is settled: the one question of most rows. */
export function holdsDigest(bytes: Buffer, digest: Hash): boolean {
  const end = HEAD_BYTES + (bytes[1] ?? 0) * HASH_BYTES;
  if (end > bytes.length) return false;
  for (let at = HEAD_BYTES; at < end; at += HASH_BYTES) {
    if (isHashAt(bytes, at, digest)) return true;
  }
  return false;
}

/** What a record's bytes say was last sent of a field; undefined where they say nothing. */
export function baseIn(bytes: Buffer, layouts: Layouts, id: number): Hash | undefined {
  const found = layoutIn(bytes, layouts);
  let at = found?.hashesAt ?? 0;
  for (const field of found?.layout.fields ?? []) {
    const isHash = field.base === 'hash';
    if (field.id === id) {
      if (isHash) return bytes.toString('hex', at, at + HASH_BYTES);
      return field.base === 'empty' ? EMPTY : undefined;
    }
    at += HASH_BYTES * (Number(isHash) + Number(field.theirs === 'hash'));
  }
  return undefined;
}

/** The epoch in a record's bytes. */
export function epochOf(bytes: Buffer): number {
  return bytes.length < HEAD_BYTES ? 0 : bytes.readUInt32LE(2);
}

/** The same where the contact was met in the account then; else 0. */
export function metEpochOf(bytes: Buffer): number {
  return (bytes[0] ?? 0) & FLAGS.unmet ? 0 : epochOf(bytes);
}

/** The bytes of a record. What says nothing is left out. */
export function encodeRecord(
  record: ContactRecord,
  layouts: Layouts,
  areaOf: (id: number) => Area | undefined,
): Buffer {
  // each row that is sent comes by here: one look at the fields, and no lists of lists
  const fields: [number, FieldRecord][] = [];
  let hashes = 0;
  let isDoubtful = false;
  let isInOrder = true;
  for (const entry of record.fields) {
    const [id, field] = entry;
    if (!saysSomething(field, id, record, areaOf)) continue;
    isInOrder &&= fields.length === 0 || id > (fields.at(-1)?.[0] ?? 0);
    isDoubtful ||= field.inDoubt;
    hashes += Number(hasBaseHash(field)) + Number(hasTheirsHash(field));
    fields.push(entry);
  }
  if (!isInOrder) fields.sort(([a], [b]) => a - b);
  const layoutBytes = encodeLayout(fields);
  const number = layouts.numberOf(layoutBytes);
  const doubtBytes = isDoubtful ? (fields.length + 7) >> 3 : 0;
  const inlineBytes = number === undefined ? layoutBytes.length : 0;
  const size = HEAD_BYTES + 2 + inlineBytes + doubtBytes + HASH_BYTES * (record.digests.length + hashes);
  const bytes = Buffer.allocUnsafe(size);

  let flags = record.isWritten ? FLAGS.written : 0;
  AREAS.forEach((area, i) => {
    if (record.areas.has(area)) flags |= 1 << i;
  });
  if (record.isUnlisted) flags |= FLAGS.unlisted;
  if (!record.isMet) flags |= FLAGS.unmet;
  if (isDoubtful) flags |= FLAGS.doubt;
  if (number === undefined) flags |= FLAGS.inline;
  bytes[0] = flags;
  bytes[1] = record.digests.length;
  bytes.writeUInt32LE(record.epoch, 2);
  let at = HEAD_BYTES;
  for (const digest of record.digests) at = writeHash(bytes, at, digest);
  at = bytes.writeUInt16LE(number ?? layoutBytes.length, at);
  if (number === undefined) at += layoutBytes.copy(bytes, at);
  if (isDoubtful) {
    bytes.fill(0, at, at + doubtBytes);
    fields.forEach(([, field], i) => {
      const byte = at + (i >> 3);
      if (field.inDoubt) bytes[byte] = (bytes[byte] ?? 0) | (1 << (i & 7));
    });
    at += doubtBytes;
  }
  for (const [, field] of fields) {
    if (hasBaseHash(field)) at = writeHash(bytes, at, field.base);
    if (hasTheirsHash(field)) at = writeHash(bytes, at, field.theirs);
  }
  return bytes;
}

/** Reads a record; undefined when the bytes are none, so that the contact counts as unknown and more is sent. */
export function decodeRecord(bytes: Buffer, layouts: Layouts): ContactRecord | undefined {
  const found = layoutIn(bytes, layouts);
  if (!found) return undefined;
  const { layout, doubtAt } = found;
  const flags = bytes[0] ?? 0;
  const digestCount = bytes[1] ?? 0;
  let at = found.hashesAt;

  const fields = new Map<number, FieldRecord>();
  const next = (): Hash => {
    at += HASH_BYTES;
    return bytes.toString('hex', at - HASH_BYTES, at);
  };
  layout.fields.forEach((shape, i) => {
    const isInDoubt = (flags & FLAGS.doubt) !== 0 && ((bytes[doubtAt + (i >> 3)] ?? 0) >> (i & 7)) % 2 === 1;
    fields.set(shape.id, readField(shape, isInDoubt, next));
  });
  const digests: Hash[] = [];
  for (let i = 0; i < digestCount; i++) {
    digests.push(bytes.toString('hex', HEAD_BYTES + i * HASH_BYTES, HEAD_BYTES + (i + 1) * HASH_BYTES));
  }
  return {
    epoch: bytes.readUInt32LE(2),
    isWritten: (flags & FLAGS.written) !== 0,
    isUnlisted: (flags & FLAGS.unlisted) !== 0,
    isMet: (flags & FLAGS.unmet) === 0,
    areas: new Set(AREAS.filter((_, i) => flags & (1 << i))),
    digests,
    fields,
  };
}

// --- internal ---

/** The layout of a record's bytes, and where the marks of doubt and the hashes begin; undefined when they are none. */
function layoutIn(
  bytes: Buffer,
  layouts: Layouts,
): { layout: Layout; doubtAt: number; hashesAt: number } | undefined {
  const flags = bytes[0] ?? 0;
  let at = HEAD_BYTES + (bytes[1] ?? 0) * HASH_BYTES;
  if (bytes.length < at + 2) return undefined;
  const number = bytes.readUInt16LE(at);
  at += 2;
  let layout: Layout | undefined;
  if (flags & FLAGS.inline) {
    layout = layouts.parse(bytes.subarray(at, at + number));
    at += number;
  } else layout = layouts.at(number);
  if (!layout) return undefined;
  const doubtAt = at;
  if (flags & FLAGS.doubt) at += (layout.fields.length + 7) >> 3;
  return bytes.length === at + layout.hashBytes ? { layout, doubtAt, hashesAt: at } : undefined;
}

/** A field of a seen area that has no record is empty in the account; of another area it is not known. */
function saysSomething(
  field: FieldRecord,
  id: number,
  { areas }: ContactRecord,
  areaOf: (id: number) => Area | undefined,
): boolean {
  if (field.inDoubt || field.base !== undefined) return true;
  const area = areaOf(id);
  return field.theirs !== (area !== undefined && areas.has(area) ? EMPTY : undefined);
}

/** Whether what was sent takes a hash on disk. */
function hasBaseHash(field: FieldRecord): field is FieldRecord & { readonly base: Hash } {
  return field.base !== undefined && field.base !== EMPTY;
}

/** Whether what the account holds takes a hash of its own. */
function hasTheirsHash(field: FieldRecord): field is FieldRecord & { readonly theirs: Hash } {
  return field.theirs !== undefined && field.theirs !== EMPTY && field.theirs !== field.base;
}

function readField(shape: LayoutField, inDoubt: boolean, next: () => Hash): FieldRecord {
  const base = shape.base === 'hash' ? next() : shape.base === 'empty' ? EMPTY : undefined;
  return { base, kind: shape.kind, writer: shape.writer, theirs: theirsOf(shape, base, next), inDoubt };
}

function theirsOf(shape: LayoutField, base: Hash | undefined, next: () => Hash): Hash | undefined {
  switch (shape.theirs) {
    case 'unknown':
      return undefined;
    case 'same':
      return base;
    case 'empty':
      return EMPTY;
    case 'hash':
      return next();
  }
}
