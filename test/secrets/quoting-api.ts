import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** An answer that tells all it was told. */
export type Answer = (body: string, response: ServerResponse) => void;

/** The contact with the values sent, and more of somebody else's. */
export const applied: Answer = (body, response) => {
  const sent = JSON.parse(body);
  json(response, 200, {
    payload: {
      id: 318763,
      thumbnail: 'unmistakable.png',
      ...sent,
      additional_attributes: { old: 'old-unmistakable', ...sent.additional_attributes },
    },
  });
};

/** Every way that an API is known to fail, each quoting the row as far as it can. */
export const FAILURES: Readonly<Record<string, Answer>> = {
  '422 quoting value by value': (body, response) =>
    json(response, 422, { message: leaves(body).join(', '), attributes: ['email'] }),
  '422 quoting the body': (body, response) =>
    json(response, 422, { message: `cannot save ${body}`, attributes: [leaves(body)[0]] }),
  '422 in upper case': (body, response) =>
    json(response, 422, { errors: leaves(body).map((leaf) => leaf.toUpperCase()) }),
  '404 quoting': (body, response) => json(response, 404, { error: leaves(body).join(' ') }),
  '409 quoting': (body, response) => json(response, 409, { error: { code: leaves(body)[1], message: body } }),
  '400 with a value for its code': (body, response) =>
    json(response, 400, { code: leaves(body)[1], message: encodeURIComponent(body) }),
  '500 in HTML quoting': (body, response) => html(response, 500, leaves(body).join(' '), body),
  '502 in HTML quoting': (body, response) => html(response, 502, body, body),
  'a login page quoting': (body, response) => html(response, 200, `Welcome back ${leaves(body)[1]}`, body),
  'a redirect quoting': (body, response) =>
    void response.writeHead(302, { location: `/login?user=${encodeURIComponent(body)}` }).end(body),
  '401 quoting': (body, response) => json(response, 401, { error: body }),
  '403 quoting': (body, response) => json(response, 403, { error: body }),
  '429 quoting': (body, response) => void response.writeHead(429, { 'retry-after': '9' }).end(body),
  'half an answer': (body, response) =>
    void response
      .writeHead(200, { 'content-length': '9999' })
      .write(`{"payload":${body}`, () => response.destroy()),
  'JSON that is none': (body, response) => void response.end(`{"payload":${body}`),
  'another contact': (body, response) =>
    json(response, 200, { payload: { id: 318764, ...JSON.parse(body) } }),
  'no answer': () => undefined,
  'a reset': (_body, response) => void response.destroy(),
  'other values than sent': (_body, response) =>
    json(response, 200, {
      payload: {
        id: 318763,
        email: 'other@unmistakable.example',
        name: 'Other Unmistakable',
        custom_attributes: { tier: 'unmistakable' },
      },
    }),
};

/** A server that gives such answers, and what was asked of it. */
export async function quotingApi(
  answer: Answer,
): Promise<{ url: string; paths: readonly string[]; answer: (next: Answer) => void }> {
  const paths: string[] = [];
  let now = answer;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    paths.push(request.url ?? '');
    // the read before a write quotes nothing: it must pass for the write to be seen
    if (body === '{}') applied(body, response);
    else now(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    answer: (next) => {
      now = next;
    },
  };
}

// --- internal ---

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function html(response: ServerResponse, status: number, title: string, body: string): void {
  response
    .writeHead(status, { 'content-type': 'text/html' })
    .end(`<!DOCTYPE html><title>${escapeHtml(title)}</title><p>${escapeHtml(body)}`);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function leaves(body: string): string[] {
  const all = (value: unknown): string[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(all) : [String(value)];
  // a request without a body asks nothing back
  return body === '' ? [] : all(JSON.parse(body));
}
