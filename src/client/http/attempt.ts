import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import got, { Options, type Request, type Response } from 'got';
import { codeOf } from '../../core/errors.ts';
import { SlotMap } from '../../core/slot-map.ts';
import type { ApiRequest, Attempt, Reply } from './reply.ts';

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
 * request, so that each passes the limiter. It uses got's streams over one shared `Options` instance, and opens the
 * requests that got reads: that costs less than half of what the promise interface does.
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
  const openRequest = requestOpener(options, http, https);
  const shared = new Options({
    isStream: true,
    throwHttpErrors: false,
    followRedirect: false,
    decompress: false,
    // got copies these lists for each request
    retry: { limit: 0, methods: [], statusCodes: [], errorCodes: [] },
    hooks: { beforeRequest: [({ context }) => answerTo(context['trip'] as Trip, openRequest)] },
  });
  // got spreads these into an object of some forty keys for each request; spread from nothing, V8 knows its shape
  // beforehand, which takes a microsecond instead of thirty and 1 KB instead of 22
  shared.cacheOptions = {};
  const open = new SlotMap<(reply: Reply) => void>();
  options.aborting.addEventListener('abort', () => {
    for (const settle of open.values()) settle({ kind: 'cut' });
  });

  const attempt: Attempt = (asked) => {
    const { method, path, isRead } = asked;
    if (options.readOnly && method !== 'GET' && !isRead) throw new Error(`A dry run does not send ${method}`);
    if (options.aborting.aborted) return Promise.resolve({ kind: 'cut' });
    return new Promise<Reply>((resolve) => {
      const onUpgrade = ({ statusCode = 101, headers }: IncomingMessage): void => {
        settle({ kind: 'answer', status: statusCode, headers, body: '' });
        cut();
      };
      const trip: Trip = { asked, onUpgrade };
      shared.url = options.baseUrl + path;
      shared.method = method;
      // what the hook is to know of this request; a function of its own for each would be checked by got at length
      shared.context = { trip };
      const request = got(undefined, undefined, shared) as Request;
      request.end(); // got has no body to send
      const cut = (): void => {
        request.destroy();
        trip.sent?.destroy();
      };
      const timer = setTimeout(() => settle({ kind: 'fault', code: 'ETIMEDOUT' }), options.timeoutMs);
      let isSettled = false;
      const settle = (reply: Reply): void => {
        if (isSettled) return;
        isSettled = true;
        open.leave(slot);
        clearTimeout(timer);
        if (reply.kind !== 'answer') cut();
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
          cut();
        }
      });
      request.on('end', answer);
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

/** A request on its way. */
interface Trip {
  readonly asked: ApiRequest;
  readonly onUpgrade: (answer: IncomingMessage) => void;
  /** As soon as it is opened. */
  sent?: ClientRequest;
}

/**
 * Sends a request; resolves when the headers of its answer are there. A hook of got that gives an answer is all that got
 * asks for: it then watches neither the request nor its phases, and reads the answer.
 */
function answerTo(trip: Trip, openRequest: (request: ApiRequest) => ClientRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = openRequest(trip.asked);
    trip.sent = sent;
    // got's type wants a body that is at hand, got itself a stream
    sent.on('response', (answer) => resolve(answer as Response));
    sent.on('error', reject);
    sent.on('upgrade', (answer: IncomingMessage, socket: Socket) => {
      socket.destroy(); // it is out of the agent's hands: left alone it would hold the process for ever
      trip.onUpgrade(answer);
    });
  });
}

/**
 * What opens requests of a run and sends them whole. Their headers are an array, which Node writes as it is: an object
 * would be checked, copied and put together anew for each request.
 */
function requestOpener(
  { baseUrl, apiKey, apiSecret, userAgent }: AttemptOptions,
  http: HttpAgent,
  https: HttpsAgent,
): (request: ApiRequest) => ClientRequest {
  const url = new URL(baseUrl);
  const { protocol, hostname, port } = urlToHttpOptions(url);
  const target = { hostname, ...(port ? { port } : {}) };
  const base = url.pathname === '/' ? '' : url.pathname;
  const headers: readonly string[] = [
    ...['host', url.host],
    // UTF-8 before base64: keys may hold any character (livedesk-api.md trap 38)
    ...['authorization', `Basic ${Buffer.from(`${apiKey}:${apiSecret}`, 'utf8').toString('base64')}`],
    ...['content-type', 'application/json'],
    ...['accept', 'application/json'],
    // said outright, since some proxies take its absence for any
    ...['accept-encoding', 'identity'],
    ...['user-agent', userAgent],
    ...['connection', 'keep-alive'],
  ];
  return ({ method, path, body }) => {
    const own = body === undefined ? headers : [...headers, 'content-length', `${Buffer.byteLength(body)}`];
    const asked = { ...target, path: base + path, method, headers: own };
    const request =
      protocol === 'https:'
        ? // said outright, it wins over NODE_TLS_REJECT_UNAUTHORIZED=0
          httpsRequest({ ...asked, agent: https, rejectUnauthorized: true })
        : httpRequest({ ...asked, agent: http });
    request.end(body);
    return request;
  };
}
