// @ts-check
import { createRequire } from 'node:module';
import { AUTHORIZATION, BASE_URL, CONCURRENCY, loop } from './loop.mjs';

const { Pool } = createRequire(process.env['BENCH_PEERS'] ?? '')('undici');
const pool = new Pool(BASE_URL, { connections: CONCURRENCY });
const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' };
await loop(async (path, json) => {
  const { statusCode, body } = await pool.request({
    path,
    method: 'PATCH',
    headers,
    body: JSON.stringify(json),
  });
  await body.json();
  return statusCode;
});
await pool.close();
