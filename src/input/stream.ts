import type { Readable } from 'node:stream';
import { codeOf, EXIT, RunError } from '../errors.ts';
import type { Bytes } from './bytes.ts';

/**
 * Reads stdin, a pipe or a device. The signal destroys the stream: a reader that waits would keep a stopped
 * process alive. It then throws, so that a torn row is not taken for the last one.
 */
export function readStream(stream: Readable, label: string, signal: AbortSignal | undefined): Bytes {
  let bytesRead = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    const leaveOff = () => stream.destroy();
    signal?.addEventListener('abort', leaveOff, { once: true });
    try {
      signal?.throwIfAborted();
      for await (const chunk of stream as AsyncIterable<Uint8Array | string>) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        bytesRead += bytes.byteLength;
        yield bytes;
      }
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
    async close() {
      stream.destroy();
    },
  };
}
