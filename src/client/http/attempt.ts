import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import got, { Options, type Request, type RequestFunction } from 'got';
import { codeOf } from '../../core/errors.ts';
import { SlotMap } from '../../core/slot-map.ts';
import type { Attempt, Reply } from './reply.ts';

export interface AttemptOptions {
  /** Base URL without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Until the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Sockets kept open at most. */
  readonly concurrency: number;
  /** Sent as User-Agent. */
  readonly userAgent: string;
  /** Cuts every open request. */
  readonly aborting: AbortSignal;
  /** An agent for `https:` that goes through a proxy. */
  readonly proxyAgent?: HttpsAgent;
  /** Refuses everything but reads: a dry run must not write, whatever the caller does. */
  readonly readOnly?: boolean;
}

/**
 * More of an answer is not read. A good one has room for a hundred contacts with all their attributes, or for one whose
 * attributes came by many rows of up to 1 MiB; of another one only the beginning is of use.
 */
const MAX_BODY_BYTES = { good: 32 * 1024 * 1024, other: 1024 * 1024 } as const;

/**
 * The one place that speaks HTTP. got's retries, redirects and thrown statuses are off: an attempt is one
 * request, so that each passes the limiter. It uses got's streams over one shared `Options` instance, which
 * costs about half of what the promise interface does.
 */
export function createAttempt(options: AttemptOptions): { attempt: Attempt; close(): void } {
  const sockets = {
    keepAlive: true,
    maxSockets: Math.max(options.concurrency, 1),
    maxFreeSockets: Math.max(options.concurrency, 1), // the default of 256 would close some between requests
    scheduling: 'lifo' as const,
  };
  const http = new HttpAgent(sockets);
  const https = options.proxyAgent ?? new HttpsAgent(sockets);
  const shared = new Options({
    isStream: true,
    throwHttpErrors: false,
    followRedirect: false,
    decompress: false,
    retry: { limit: 0 },
    request: openRequestOf(options.baseUrl, http, https),
    headers: {
      // UTF-8 before base64: keys may hold any character (livedesk-api.md trap 38)
      authorization: `Basic ${Buffer.from(`${options.apiKey}:${options.apiSecret}`, 'utf8').toString('base64')}`,
      'content-type': 'application/json',
      accept: 'application/json',
      // said outright, since some proxies take its absence for any
      'accept-encoding': 'identity',
      'user-agent': options.userAgent,
    },
  });
  // got spreads these into an object of some forty keys for each request; spread from nothing, V8 knows its shape
  // beforehand, which takes a microsecond instead of thirty and 1 KB instead of 22
  shared.cacheOptions = {};
  const open = new SlotMap<(reply: Reply) => void>();
  options.aborting.addEventListener('abort', () => {
    for (const settle of open.values()) settle({ kind: 'cut' });
  });

  const attempt: Attempt = ({ method, path, body, isRead }) => {
    if (options.readOnly && method !== 'GET' && !isRead) throw new Error(`A dry run does not send ${method}`);
    if (options.aborting.aborted) return Promise.resolve({ kind: 'cut' });
    return new Promise<Reply>((resolve) => {
      shared.url = options.baseUrl + path;
      shared.method = method;
      shared.body = body;
      const request = got(undefined, undefined, shared) as Request;
      const timer = setTimeout(() => settle({ kind: 'fault', code: 'ETIMEDOUT' }), options.timeoutMs);
      let isSettled = false;
      const settle = (reply: Reply): void => {
        if (isSettled) return;
        isSettled = true;
        open.leave(slot);
        clearTimeout(timer);
        if (reply.kind !== 'answer') request.destroy();
        resolve(reply);
      };
      const slot = open.take(settle);

      const chunks: Buffer[] = [];
      let bytes = 0;
      let isCut = false;
      const answer = (): void => {
        const response = request.response;
        if (!response) {
          settle({ kind: 'fault', code: 'ECONNRESET' });
          return;
        }
        const text = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        settle({
          kind: 'answer',
          status: response.statusCode,
          headers: response.headers,
          body: text?.toString('utf8') ?? '',
          isCut,
        });
      };
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        const isGood = (request.response?.statusCode ?? 0) < 300;
        if (bytes <= (isGood ? MAX_BODY_BYTES.good : MAX_BODY_BYTES.other)) chunks.push(chunk);
        else {
          isCut = true;
          answer();
          request.destroy();
        }
      });
      request.on('end', answer);
      // 101 takes the socket out of the agent's hands: left alone it would hold the process for ever
      request.on('upgrade', (response: IncomingMessage, socket: Socket) => {
        socket.destroy();
        settle({ kind: 'answer', status: response.statusCode ?? 101, headers: response.headers, body: '' });
        request.destroy();
      });
      request.on('error', (error) => settle({ kind: 'fault', code: codeOf(error) }));
    });
  };
  return {
    attempt,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

// --- internal ---

/**
 * got's `request` option: opens the request that got asks for. got hands over some forty options, nearly all of them
 * undefined, and Node copies all of them twice for each request; here are those that say something.
 */
function openRequestOf(baseUrl: string, http: HttpAgent, https: HttpsAgent): RequestFunction {
  const { protocol, hostname, port } = urlToHttpOptions(new URL(baseUrl));
  const target = { hostname, ...(port ? { port } : {}) };
  return protocol === 'https:'
    ? ({ pathname, search }, { method, headers }) =>
        httpsRequest({
          ...target,
          path: pathname + search,
          method,
          headers,
          agent: https,
          // said outright, it wins over NODE_TLS_REJECT_UNAUTHORIZED=0
          rejectUnauthorized: true,
        })
    : ({ pathname, search }, { method, headers }) =>
        httpRequest({ ...target, path: pathname + search, method, headers, agent: http });
}
