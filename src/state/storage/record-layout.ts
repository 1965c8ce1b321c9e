import { EMPTY, HASH_BYTES } from '../compare/hash.ts';
import { KINDS } from '../compare/normalise.ts';
import type { FieldRecord } from './record.ts';

/**
 * All of a record's fields except their hashes: which fields, what is known of each, and who wrote it. Most contacts
 * of an account share a few layouts, so a record names its layout instead of spelling it out.
 */
export interface Layout {
  /** Fields in ascending order of their number. */
  readonly fields: readonly LayoutField[];
  /** Bytes that the hashes take. */
  readonly hashBytes: number;
}

export interface LayoutField {
  readonly id: number;
  readonly base: 'none' | 'empty' | 'hash';
  readonly theirs: 'unknown' | 'same' | 'empty' | 'hash';
  readonly kind: FieldRecord['kind'];
  readonly writer: number;
}

/** Bytes of a field: its number (2), a byte of base and theirs and kind, the writer. */
const FIELD_BYTES = 4;
const BASES = ['none', 'empty', 'hash'] as const;
const THEIRS = ['unknown', 'same', 'empty', 'hash'] as const;

/** The bytes of the layout that these fields have; every number is below 65,536. */
export function encodeLayout(fields: readonly (readonly [number, FieldRecord])[]): Buffer {
  const bytes = Buffer.allocUnsafe(fields.length * FIELD_BYTES);
  let at = 0;
  for (const [id, field] of fields) {
    const kind = KINDS.indexOf(field.kind);
    bytes.writeUInt16LE(id, at);
    bytes[at + 2] = BASES.indexOf(baseOf(field)) | (THEIRS.indexOf(theirsOf(field)) << 2) | (kind << 4);
    bytes[at + 3] = field.writer;
    at += FIELD_BYTES;
  }
  return bytes;
}

/** Reads {@link encodeLayout}'s bytes; undefined when they are none. */
export function decodeLayout(bytes: Buffer): Layout | undefined {
  if (bytes.length % FIELD_BYTES !== 0) return undefined;
  const fields: LayoutField[] = [];
  let hashes = 0;
  for (let at = 0; at < bytes.length; at += FIELD_BYTES) {
    const flags = bytes[at + 2] ?? 0;
    const base = BASES[flags & 3];
    const theirs = THEIRS[(flags >> 2) & 3];
    const kind = KINDS[flags >> 4];
    if (!base || !theirs || !kind) return undefined;
    fields.push({ id: bytes.readUInt16LE(at), base, theirs, kind, writer: bytes[at + 3] ?? 0 });
    hashes += Number(base === 'hash') + Number(theirs === 'hash');
  }
  return { fields, hashBytes: hashes * HASH_BYTES };
}

// --- internal ---

function baseOf({ base }: FieldRecord): LayoutField['base'] {
  if (base === undefined) return 'none';
  return base === EMPTY ? 'empty' : 'hash';
}

function theirsOf({ base, theirs }: FieldRecord): LayoutField['theirs'] {
  if (theirs === undefined) return 'unknown';
  if (theirs === base) return 'same';
  return theirs === EMPTY ? 'empty' : 'hash';
}
