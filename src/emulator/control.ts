import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, RunError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { renderContact } from './contact.ts';
import { readBody, send } from './exchange.ts';
import type { Listener } from './listener.ts';
import type { LiveDesk } from './live-desk.ts';
import type { EmulatorReply } from './reply.ts';
import { json, jsonText, NOT_FOUND, plain } from './reply.ts';

const PREFIX = '/_emulator/';
const LINES_PER_CHUNK = 1000;
const HELP = `GET    ${PREFIX}stats           counters
GET    ${PREFIX}journal         applied writes, one JSON object a line
GET    ${PREFIX}requests        requests with their times of arrival, one JSON object a line
GET    ${PREFIX}switches        the switches as they are
POST   ${PREFIX}set             switches to change, e.g. {"down": true} or {"limit": {"requests": 10, "windowMs": 1000}}
POST   ${PREFIX}reset           empties counters, journal and requests
GET    ${PREFIX}contacts/:id    the stored contact
PATCH  ${PREFIX}contacts/:id    an agent's edit in the dashboard
DELETE ${PREFIX}contacts/:id    an agent deletes the contact
`;

/** Whether a request is for the emulator itself: never counted, throttled or dropped, and without credentials. */
export function isControl(url: string | undefined): boolean {
  return url?.startsWith(PREFIX) ?? false;
}

/** Answers a request for the emulator itself. */
export function control(
  desk: LiveDesk,
  listener: Listener,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = (request.url ?? '').slice(PREFIX.length);
  const done = (text = '') => {
    try {
      send(response, answer(`${request.method} ${path}`, text));
    } catch (error) {
      if (!(error instanceof RunError || error instanceof SyntaxError)) throw error;
      send(response, json(400, { error: messageOf(error) }));
    }
  };
  if (request.method === 'GET' && path === 'journal') sendLines(response, desk.journal.entries);
  else if (request.method === 'GET' && path === 'requests') sendLines(response, desk.arrivals);
  else readBody(request, { done, broken: () => undefined });

  function answer(call: string, text: string): EmulatorReply {
    const [, method, id] = /^(\w+) contacts\/(\d+)$/.exec(call) ?? [];
    if (method !== undefined) return contactReply(method, Number(id), text);
    switch (call) {
      case 'GET ':
        return plain(200, HELP);
      case 'GET stats':
        return json(200, desk.stats(listener.connections()));
      case 'GET switches':
        return json(200, desk.switches);
      case 'POST set':
        desk.set(JSON.parse(text));
        // the caller of this address is not one of the clients that an outage cuts off
        if (desk.switches.down) listener.drop(request.socket);
        return json(200, desk.switches);
      case 'POST reset':
        desk.reset();
        return json(200, {});
      default:
        return plain(404, HELP);
    }
  }

  function contactReply(method: string, id: number, text: string): EmulatorReply {
    const contact = desk.store.get(id);
    if (contact === undefined) return NOT_FOUND;
    if (method === 'DELETE') {
      desk.api.remove(id, desk.now());
      return json(200, {});
    }
    if (method === 'PATCH') {
      const patch = JSON.parse(text);
      if (!isObject(patch)) return json(400, { error: 'expected a JSON object' });
      desk.api.edit(id, patch, desk.now());
    }
    return jsonText(200, renderContact(desk.store.get(id) ?? contact, true));
  }
}

function sendLines(response: ServerResponse, rows: Iterable<unknown>): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  // a reader that goes away is no concern of ours
  pipeline(Readable.from(chunksOf(rows)), response).catch(() => undefined);
}

function* chunksOf(rows: Iterable<unknown>): Generator<string> {
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(`${JSON.stringify(row)}\n`);
    if (lines.length < LINES_PER_CHUNK) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}
