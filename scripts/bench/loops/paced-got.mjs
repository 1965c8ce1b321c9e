// @ts-check
// got's promise interface, begun by a timer 100 times a second: what the machine takes at that rate for the least work.
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import got from 'got';
import { bodyOf } from '../input.mjs';
import { AUTHORIZATION, BASE_URL, ROWS } from './loop.mjs';

const INTERVAL_MS = 10;
const client = got.extend({
  prefixUrl: BASE_URL,
  headers: { authorization: AUTHORIZATION },
  agent: { http: new Agent({ keepAlive: true }) },
  retry: { limit: 0 },
  responseType: 'json',
});
const began = performance.now();
/** @type {Promise<unknown>[]} */
const sent = [];
for (let row = 1; row <= ROWS; row += 1) {
  sent.push(client.patch(`api/v2/accounts/contacts/${row}`, { json: bodyOf(row) }));
  await delay(Math.max(0, began + row * INTERVAL_MS - performance.now()));
}
await Promise.all(sent);
