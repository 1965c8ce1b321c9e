// @ts-check
// Answers every PATCH as LiveDesk does, and does nothing else: it must cost less than those who ask. Speaks TLS where it is
// given the files of a certificate and its key.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
/** @type {(options: import('node:http').ServerOptions, listener: import('node:http').RequestListener) => import('node:http').Server} */
const create = cert
  ? (options, listener) => createTlsServer({ ...options, cert, key }, listener)
  : createServer;

const server = create({ keepAlive: true, noDelay: true, keepAliveTimeout: 75_000 }, (request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const id = Number(request.url?.slice(request.url.lastIndexOf('/') + 1));
    const known = '"availability_status":"offline","thumbnail":"","created_at":1700000000';
    const answer = `{"payload":{"id":${id},${known},${body.slice(1)}}`;
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };
    response.writeHead(200, headers).end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(
    `on ${cert ? 'https' : 'http'}://127.0.0.1:${typeof address === 'object' ? address?.port : ''} \n`,
  );
});
process.on('SIGTERM', () => process.exit());
