import type { Piece } from './decode.ts';

/** The pieces without their first `bytes`. */
export async function* skipBytes(pieces: AsyncIterable<Piece>, bytes: number): AsyncGenerator<Piece> {
  let toSkip = bytes;
  for await (const piece of pieces) {
    const skipped = Math.min(toSkip, piece.bytes.length);
    toSkip -= skipped;
    yield from(piece, skipped);
  }
}

/** The pieces without their first `lines`, each of which ends in `lineBreak`. */
export async function* skipLines(
  pieces: AsyncIterable<Piece>,
  lines: number,
  lineBreak: string,
): AsyncGenerator<Piece> {
  let toSkip = lines;
  for await (const piece of pieces) {
    let start = 0;
    while (toSkip > 0 && start < piece.bytes.length) {
      const at = piece.bytes.indexOf(lineBreak, start);
      if (at !== -1) toSkip -= 1;
      start = at === -1 ? piece.bytes.length : at + 1;
    }
    if (start < piece.bytes.length) yield from(piece, start);
  }
}

// --- internal ---

function from(piece: Piece, start: number): Piece {
  return start === 0 ? piece : { ...piece, bytes: piece.bytes.subarray(start) };
}
