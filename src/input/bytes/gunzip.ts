import { createGunzip } from 'node:zlib';
import { EXIT, messageOf, RunError } from '../../core/errors.ts';

/** Bytes fed at a time: what they may swell to, a thousandfold at worst, is held in memory. */
const FEED_BYTES = 16 * 1024;

/**
 * Unpacks gzip, members one after the other included. Throws `ERR_INPUT` (exit 3) where the data is damaged
 * or ends too early, after giving what came before (of damaged data all but the last 16 KiB).
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const engine = createGunzip();
  const unpacked: Uint8Array[] = [];
  let fault: Error | undefined;
  let isEnded = false;
  let fedBytes = 0;
  // zlib never calls back for the write in which it fails or ends, so its events must.
  let settle = () => {};
  engine.on('data', (bytes: Uint8Array) => unpacked.push(bytes));
  engine.on('error', (error) => {
    fault = error;
    settle();
  });
  engine.on('end', () => {
    isEnded = true;
    settle();
  });
  const settled = (begin: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      settle = resolve;
      begin(resolve);
    });
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; at += FEED_BYTES) {
        const bytes = chunk.subarray(at, at + FEED_BYTES);
        if (!isEnded) await settled((done) => engine.write(bytes, () => done()));
        yield* unpacked.splice(0);
        if (fault) throw damaged(name, fault);
        fedBytes += bytes.byteLength;
        // it also ends without a word at what is not another member; only zeros are mere padding
        const unread = Math.min(fedBytes - engine.bytesWritten, bytes.byteLength);
        if (unread > 0 && bytes.subarray(-unread).some((byte) => byte !== 0)) {
          throw damaged(name, 'there are other bytes after its end');
        }
      }
    }
    if (!isEnded) await settled(() => engine.end());
    yield* unpacked.splice(0);
    if (fault) throw damaged(name, fault);
  } finally {
    engine.destroy();
  }
}

function damaged(name: string, cause: unknown): RunError {
  return new RunError(
    'ERR_INPUT',
    `${name}: the gzip data is damaged or cut off (${messageOf(cause)}). ` +
      'Check it with `gzip -t` and fetch it again.',
    { exitCode: EXIT.stopped, cause },
  );
}
