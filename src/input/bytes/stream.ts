import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import type { Bytes, Identity } from './byte-source.ts';

/**
 * Reads stdin, a pipe or a device. The signal destroys the stream: a reader that waits would keep a stopped
 * process alive. It then throws, so that a torn row is not taken for the last one.
 */
export function readStream(stream: Readable, label: string, signal: AbortSignal | undefined): Bytes {
  let bytesRead = 0;
  let wholeIdentity: Identity | undefined;
  async function* read(): AsyncGenerator<Uint8Array> {
    const leaveOff = () => stream.destroy();
    const hash = createHash('sha256');
    signal?.addEventListener('abort', leaveOff, { once: true });
    try {
      signal?.throwIfAborted();
      for await (const chunk of stream as AsyncIterable<Uint8Array | string>) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        hash.update(bytes);
        bytesRead += bytes.byteLength;
        yield bytes;
      }
      wholeIdentity = { sizeBytes: bytesRead, sha256: hash.digest('hex') };
    } catch (error) {
      throw new RunError('ERR_INPUT', `${label} broke off after ${bytesRead} bytes (${codeOf(error)}).`, {
        exitCode: EXIT.stopped,
        cause: error,
      });
    } finally {
      signal?.removeEventListener('abort', leaveOff);
    }
  }
  return {
    chunks: read(),
    get bytesRead() {
      return bytesRead;
    },
    get wholeIdentity() {
      return wholeIdentity;
    },
    async close() {
      stream.destroy();
    },
  };
}
