import type { Hash } from '../compare/hash.ts';

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

/** Bytes of one given value: hash, contact, row, line, input, field. */
export const GIVEN_BYTES = 28;

/** Writes a given value at `at`. */
export function writeGiven(bytes: Buffer, at: number, given: GivenValue): void {
  bytes.write(given.hash, at, 'hex');
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
