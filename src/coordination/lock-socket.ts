import { createServer, connect as open } from 'node:net';
import { relative } from 'node:path';
import { codeOf } from '../core/errors.ts';
import { type Holder, readHolder } from './holder.ts';

/**
 * What stands behind the name of a lock: a process, which says who it is unless it is stopped or very busy; nothing
 * but the name of one that ended; or not even the name any more.
 */
export type LockState = { readonly holder: Holder | undefined } | 'dead' | 'gone';

/** A holder that does not answer in this time is taken for alive: its kernel took the call. */
const ANSWER_MS = 500;
/** A holder says who it is in some 200 characters. */
const MAX_ANSWER_LENGTH = 64 * 1024;
/** Longest path of a Unix socket on every system. */
const MAX_SOCKET_PATH = 100;

/** Answers each connection at `path` with the current result of `tell`, until closed. Does not keep the process alive. */
export async function answerAt(path: string, tell: () => Holder): Promise<{ close(): void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(JSON.stringify(tell()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // any user that sees the lock may connect to it
    server.listen({ path: shortened(path), writableAll: true }, resolve);
  });
  server.on('error', () => {});
  server.unref();
  return { close: () => void server.close() };
}

/** Asks the process that listens at `path` to name itself. */
export function askAt(path: string): Promise<LockState> {
  return new Promise((resolve) => {
    let text = '';
    const socket = open(shortened(path));
    const settle = (found: LockState): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    const timer = setTimeout(() => settle({ holder: undefined }), ANSWER_MS);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.length > MAX_ANSWER_LENGTH) settle({ holder: undefined });
    });
    socket.on('error', (error) => settle(meaningOf(codeOf(error))));
    socket.on('end', () => settle({ holder: parseHolder(text) }));
  });
}

// --- internal ---

function meaningOf(code: string): LockState {
  switch (code) {
    case 'ECONNREFUSED':
      return 'dead';
    // it ended while it was asked: the next look will tell
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ENOENT':
      return 'gone';
    default:
      return { holder: undefined };
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return readHolder(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Socket paths have a length limit; from the working directory they are mostly shorter. */
function shortened(path: string): string {
  const short = path.length <= MAX_SOCKET_PATH ? path : relative('.', path);
  if (short.length > MAX_SOCKET_PATH) throw new Error('The path is too long for a socket');
  return short;
}
