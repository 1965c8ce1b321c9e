// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MAIN, metered } from './measure.mjs';

/**
 * `close` tells how late its event loop was at most, in milliseconds: what arrived meanwhile seems to have come at once.
 * @typedef {{ readonly url: string, readonly close: () => Promise<{ readonly lateMs: number }> }} Server
 */

/** The certificate of an answerer that speaks TLS; its own authority. */
export const CERTIFICATE = fileURLToPath(new URL('../../fixtures/tls/self-signed.crt', import.meta.url));

/**
 * A server in a process of its own that answers at once.
 * @param {{ readonly isTls?: boolean }} [options]
 * @returns {Promise<Server>}
 */
export function startAnswerer({ isTls = false } = {}) {
  const key = fileURLToPath(new URL('../../fixtures/tls/self-signed.key', import.meta.url));
  return start([
    fileURLToPath(new URL('answerer.mjs', import.meta.url)),
    ...(isTls ? [CERTIFICATE, key] : []),
  ]);
}

/**
 * The project's emulator in a process of its own, with latency.
 * @param {number} contacts
 * @param {string} latency
 */
export async function startEmulator(contacts, latency) {
  const server = await start([
    MAIN,
    ...['emulate', '--port', '0', '--quiet', '--limit', 'none'],
    ...['--contacts', `${contacts}`, '--latency', latency],
  ]);
  const get = async (/** @type {string} */ what) => (await fetch(`${server.url}/_emulator/${what}`)).text();
  return {
    ...server,
    /** Times of arrival in milliseconds. @returns {Promise<number[]>} */
    arrivals: async () =>
      (await get('requests'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).at),
    /** Requests in the busiest second, wherever it begins. @returns {Promise<number>} */
    busiestSecond: async () => JSON.parse(await get('stats')).peakPerSecond,
  };
}

// --- internal ---

/** @param {readonly string[]} args @returns {Promise<Server>} */
async function start(args) {
  const meter = metered({ watchDelay: true });
  const child = spawn(process.execPath, [...meter.args, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...meter.env },
  });
  const ended = once(child, 'close');
  let said = '';
  while (!/on https?:\S+ /.test(said)) {
    const [chunk] = await Promise.race([once(child.stdout, 'data'), ended]);
    if (typeof chunk !== 'object' || chunk === null) throw new Error(`${args.join(' ')} ended`);
    said += String(chunk);
  }
  return {
    url: /on (https?:\S+) /.exec(said)?.[1] ?? '',
    async close() {
      child.kill('SIGTERM');
      await ended;
      return { lateMs: meter.read().delayMs?.max ?? 0 };
    },
  };
}
