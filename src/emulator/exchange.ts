import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EmulatorReply } from './reply.ts';

const MAX_BODY_BYTES = 1024 * 1024; // 1 MiB

/** Who waits for a body. One of the two is called, once. */
export interface BodyReader {
  /** The whole body came; undefined stands for one that is too large. */
  done(text: string | undefined): void;
  /** The client went away before its end. */
  broken(): void;
}

/** Reads a request body. */
export function readBody(request: IncomingMessage, { done, broken }: BodyReader): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return;
    // nearly every body is one chunk, which then need not be copied
    if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) done(undefined);
    else if (chunks) done(Buffer.concat(chunks).toString('utf8'));
    else done(first === undefined ? '' : first.toString('utf8'));
  });
  request.on('error', broken);
}

/** Sends a reply. */
export function send(response: ServerResponse, reply: EmulatorReply): void {
  const { status, type, body, headers } = reply;
  const fields = ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))];
  response.writeHead(status, headers ? [...fields, ...headers] : fields);
  response.end(body);
}

/** Sends the first half of a body that was announced whole, and hangs up. */
export function sendHalf(response: ServerResponse, reply: EmulatorReply): void {
  response.writeHead(reply.status, [
    'Content-Type',
    reply.type,
    'Content-Length',
    String(Buffer.byteLength(reply.body)),
  ]);
  response.write(reply.body.slice(0, reply.body.length / 2), () => response.destroy());
}
