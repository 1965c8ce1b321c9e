import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { codeOf, RunError } from '../core/errors.ts';

/** A listening server and the connections it has. */
export interface Listener {
  readonly port: number;
  connections(): number;
  /** Hangs up on everyone but `except`. */
  drop(except?: Socket): void;
  close(): Promise<void>;
}

/** Longer than clients keep idle connections, so that none is closed just as a request is sent on it. */
const KEEP_ALIVE_MS = 75_000;

/** Listens on a loopback address. @throws RunError `ERR_EMULATOR_LISTEN` when the port is not to be had. */
export async function listen(host: string, port: number, onRequest: RequestListener): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAlive: true, noDelay: true, keepAliveTimeout: KEEP_ALIVE_MS }, onRequest);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new RunError(
          'ERR_EMULATOR_LISTEN',
          `Cannot listen on ${host}:${port} (${codeOf(cause)}); try --port 0`,
          { cause },
        ),
      ),
    );
    server.listen({ host, port, backlog: 1024 }, resolve);
  });
  const drop = (except?: Socket) => {
    for (const socket of sockets) if (socket !== except) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size,
    drop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}
