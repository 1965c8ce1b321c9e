// @ts-check
// got's promise interface, as its documentation shows it.
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import got from 'got';
import { AUTHORIZATION, BASE_URL, CONCURRENCY, loop } from './loop.mjs';

const client = got.extend({
  prefixUrl: BASE_URL,
  headers: { authorization: AUTHORIZATION },
  agent: {
    http: new Agent({ keepAlive: true, maxSockets: CONCURRENCY }),
    https: new TlsAgent({ keepAlive: true, maxSockets: CONCURRENCY }),
  },
  retry: { limit: 0 },
  throwHttpErrors: false,
  responseType: 'json',
});
await loop(async (path, json) => (await client.patch(path.slice(1), { json })).statusCode);
