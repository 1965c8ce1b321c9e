// @ts-check
// axios and p-limit, as people write it: all rows at once behind a limit.
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import pLimit from 'p-limit';
import { bodyOf } from '../input.mjs';
import { AUTHORIZATION, BASE_URL, CONCURRENCY, ROWS } from './loop.mjs';

const axios = createRequire(process.env['BENCH_PEERS'] ?? '')('axios');
const client = axios.create({
  baseURL: BASE_URL,
  headers: { authorization: AUTHORIZATION },
  httpAgent: new Agent({ keepAlive: true, maxSockets: CONCURRENCY }),
});
const limit = pLimit(CONCURRENCY);
const rows = Array.from({ length: ROWS }, (_, i) => i + 1);
await Promise.all(
  rows.map((row) => limit(() => client.patch(`/api/v2/accounts/contacts/${row}`, bodyOf(row)))),
);
