import type { Piece } from '../bytes/decode.ts';

/** The newest pieces of an input, by offset: where the bytes of a row are looked up when something is wrong with it. */
export class Written {
  #pieces: { readonly start: number; readonly piece: Piece }[] = [];
  #length = 0;
  #isSuspect = false;

  /** Bytes seen so far. */
  get length(): number {
    return this.#length;
  }

  /** Whether any of the pieces held must be looked at row by row. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Appends a piece and forgets those that end before `from`. */
  add(piece: Piece, from: number): void {
    this.#pieces = this.#pieces.filter((held) => held.start + held.piece.bytes.length > from);
    this.#pieces.push({ start: this.#length, piece });
    this.#length += piece.bytes.length;
    this.#isSuspect = this.#pieces.some((held) => held.piece.isSuspect);
  }

  /** The bytes from `start` to `end`, as far as they are held. */
  slice(start: number, end: number): Buffer {
    const parts = this.#pieces.map((held) =>
      held.piece.bytes.subarray(Math.max(0, start - held.start), Math.max(0, end - held.start)),
    );
    return Buffer.concat(parts);
  }
}
