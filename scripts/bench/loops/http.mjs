// @ts-check
import { Agent, request } from 'node:http';
import { AUTHORIZATION, BASE_URL, CONCURRENCY, loop } from './loop.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const { hostname, port } = new URL(BASE_URL);
await loop(
  (path, json) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(json);
      const headers = {
        authorization: AUTHORIZATION,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request({ hostname, port, path, method: 'PATCH', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => {
          JSON.parse(text);
          resolve(response.statusCode ?? 0);
        });
      });
      sent.on('error', reject).end(body);
    }),
);
agent.destroy();
