import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request that comes to a gateway. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What a gateway answers in the API's place. */
export interface Instead {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: { readonly [name: string]: string };
}

/** A gateway on a free port before the API at `url`: passes on what `instead` does not answer. Closed with the test. */
export async function gatewayBefore(
  url: string,
  instead: (passing: Passing) => Instead | undefined,
): Promise<{ readonly url: string; readonly seen: Passing[] }> {
  const seen: Passing[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const body = await text(request);
    const passing = { method, path, body };
    seen.push(passing);
    const own = instead(passing);
    if (own) {
      response.writeHead(own.status, { 'content-type': 'application/json', ...own.headers });
      response.end(own.body ?? '{"error":"Internal Server Error"}');
      return;
    }
    const passed = await fetch(url + path, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body }),
    });
    response.writeHead(passed.status, { 'content-type': 'application/json' });
    response.end(await passed.text());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen };
}

/** Whether a request would change something: an empty PATCH only reads. */
export function isWrite({ method, body }: Passing): boolean {
  return method === 'POST' || (method === 'PATCH' && body !== '{}');
}
