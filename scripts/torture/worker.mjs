// @ts-check
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Longer than any trial needs: a worker that hangs is a finding. */
const HANGS_AFTER_MS = 120_000;

/**
 * How a process of the worker ended.
 * @typedef {{ readonly code: number | null, readonly signal: string | null, readonly ms: number, readonly stderr: string, readonly stdout: string }} Ended
 */

/**
 * Runs the worker, and ends it with a signal at a moment unless it ends by itself before.
 * @param {string} main Path of the built program.
 * @param {readonly string[]} args
 * @param {{ signal: 'SIGKILL' | 'SIGTERM', moment: import('./plan.mjs').Moment, writes: () => number } | undefined} end
 * @param {Readonly<Record<string, string>>} [own] Environment beside the credentials of the emulator, or in their place.
 * @returns {Promise<Ended & { readonly signalled: boolean }>}
 */
export async function runWorker(main, args, end, own = {}) {
  const began = performance.now();
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      TMPDIR: process.env['TMPDIR'],
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      ...own,
    },
  });
  let stderr = '';
  let stdout = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  let signalled = false;
  const ended = new AbortController();
  const watch = async () => {
    if (!end) return;
    const { moment, writes, signal } = end;
    const from = writes();
    const isTime = () =>
      moment.ms === undefined ? writes() - from >= moment.writes : performance.now() - began >= moment.ms;
    while (!ended.signal.aborted && !isTime()) await delay(1);
    if (!ended.signal.aborted) signalled = child.kill(signal);
  };
  const hung = setTimeout(() => child.kill('SIGABRT'), HANGS_AFTER_MS);
  const watching = watch();
  /** @type {{ code: number | null, signal: string | null }} */
  const { code, signal } = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  ended.abort();
  clearTimeout(hung);
  await watching;
  return { code, signal, ms: performance.now() - began, stderr, stdout, signalled };
}
