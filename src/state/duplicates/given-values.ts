import { type Hash, writeHash } from '../compare/hash.ts';

/** Where a row stands. */
export interface GivenPlace {
  /** Index of the input. */
  readonly input: number;
  readonly row: number;
  readonly line: number;
}

/** A row gives a value to a contact. */
export interface GivenValue extends GivenPlace {
  readonly hash: Hash;
  /** The contact's id, or a negative number that stands for one whose id is not known. */
  readonly contact: number;
  /** Index among the fields that are unique in an account. */
  readonly field: number;
}

/** Added to the index of a field: the row does not give the value, but names its contact by it. */
export const NAMED = 8;

/** Bytes of one given value: hash, contact, row, line, input, field. */
export const GIVEN_BYTES = 28;

/** Writes a given value at `at`. */
export function writeGiven(bytes: Buffer, at: number, given: GivenValue): void {
  writeHash(bytes, at, given.hash);
  bytes.writeDoubleLE(given.contact, at + 8);
  bytes.writeUInt32LE(given.row, at + 16);
  bytes.writeUInt32LE(given.line, at + 20);
  bytes.writeUInt16LE(given.input, at + 24);
  bytes[at + 26] = given.field;
}

/** Reads what {@link writeGiven} wrote. */
export function readGiven(bytes: Buffer, at: number): GivenValue {
  return {
    hash: bytes.toString('hex', at, at + 8),
    contact: bytes.readDoubleLE(at + 8),
    row: bytes.readUInt32LE(at + 16),
    line: bytes.readUInt32LE(at + 20),
    input: bytes.readUInt16LE(at + 24),
    field: bytes[at + 26] ?? 0,
  };
}

/** Whether the value at `at` is one that a row names its contact by. */
export function isNamed(bytes: Buffer, at: number): boolean {
  return (bytes[at + 26] ?? 0) >= NAMED;
}

/** A number below zero that stands for the contact with a key as long as its id is not known; `hash` is that of the key. */
export function standInOf(hash: Hash): number {
  return -1 - Number.parseInt(hash.slice(0, 13), 16);
}

/** {@link standInOf} the value at `at`. */
export function standInAt(bytes: Buffer, at: number): number {
  return -1 - (bytes.readUIntBE(at, 6) * 16 + ((bytes[at + 6] ?? 0) >> 4));
}

/** The contact that gets the value at `at`, or is named by it. */
export function contactAt(bytes: Buffer, at: number): number {
  return bytes.readDoubleLE(at + 8);
}
