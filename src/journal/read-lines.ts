import { createReadStream } from 'node:fs';

/** A complete line of a file and where it ends. */
export interface FileLine {
  readonly text: string;
  /** Offset of the first byte after the line and its line break. */
  readonly end: number;
}

/** Larger pieces are no faster, and of a megabyte each some 70 MB lie about until they are collected. */
const CHUNK_BYTES = 64 * 1024;

/** Gives the complete lines of a file of ours; what follows the last line break is left out. */
export async function* readLines(path: string): AsyncGenerator<FileLine> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
      yield { text: bytes.toString('utf8', start, at), end: offset + at + 1 };
      start = at + 1;
    }
    rest = bytes.subarray(start);
    offset += start;
  }
}
