// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MAIN } from './measure.mjs';

/** @typedef {{ readonly url: string, readonly close: () => Promise<void> }} Server */

/** A server in a process of its own that answers at once. @returns {Promise<Server>} */
export const startAnswerer = () => start([fileURLToPath(new URL('answerer.mjs', import.meta.url))]);

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
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let said = '';
  while (!/on http:\S+ /.test(said)) {
    const [chunk] = await Promise.race([once(child.stdout, 'data'), ended]);
    if (typeof chunk !== 'object' || chunk === null) throw new Error(`${args.join(' ')} ended`);
    said += String(chunk);
  }
  return {
    url: /on (http:\S+) /.exec(said)?.[1] ?? '',
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
