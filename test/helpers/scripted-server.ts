import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a server saw of a request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Number of the connection it came on, from 1. */
  readonly connection: number;
}

/** How a request is answered: a status with text, or whatever the function does with the response. */
export type Script = readonly [status: number, body?: string] | ((response: ServerResponse) => void);

export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly Seen[];
}

/** A server on loopback that answers requests with `scripts` in order, the last one for ever; it ends with the test. */
export async function scriptedServer(...scripts: readonly Script[]): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const connections = new Map<Socket, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request;
      const script = scripts[Math.min(seen.length, scripts.length - 1)] ?? [200];
      seen.push({ method, url, headers, body, connection: connections.get(socket) ?? 0 });
      if (typeof script === 'function') script(response);
      else response.writeHead(script[0]).end(script[1] ?? '');
    });
  });
  server.on('connection', (socket) => connections.set(socket, connections.size + 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
