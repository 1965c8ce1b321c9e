// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const METER = new URL('meter.mjs', import.meta.url).href;
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * What a process took.
 * @typedef {object} Measured
 * @property {number} wallMs
 * @property {number} cpuMs User and system.
 * @property {number} peakMb Private memory (RssAnon), in MiB; 0 where the system does not tell.
 * @property {{ readonly p50: number, readonly p99: number, readonly max: number } | undefined} delayMs
 * @property {string} stdout
 */

/**
 * Runs a script in a process of its own to its end. Throws if it ends badly.
 * @param {readonly string[]} args Script and arguments.
 * @param {{ readonly env?: Record<string, string>, readonly watchMemory?: boolean, readonly watchDelay?: boolean,
 *   readonly command?: string }} [options]
 * @returns {Promise<Measured>}
 */
export async function measure(args, { env = {}, watchMemory = false, watchDelay = false, command } = {}) {
  const meter = metered({ watchDelay });
  const began = performance.now();
  const child = command
    ? spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(process.execPath, [...meter.args, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...CREDENTIALS, ...meter.env, ...env },
      });
  let [stdout, stderr, peakMb] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-2_000);
  });
  const look = () => {
    peakMb = Math.max(peakMb, privateMemory(child.pid ?? 0));
  };
  const timer = watchMemory ? setInterval(look, 50) : undefined;
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const wallMs = performance.now() - began;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}${stdout.slice(-500)}`);
    const { cpuMs, delayMs } = command ? { cpuMs: 0, delayMs: undefined } : meter.read();
    return { wallMs, cpuMs, peakMb, delayMs, stdout };
  } finally {
    clearInterval(timer);
    meter.remove();
  }
}

/**
 * What makes a process tell at its end what it took.
 * @param {{ readonly watchDelay?: boolean }} options
 */
export function metered({ watchDelay = false }) {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-bench-meter-'));
  const note = join(dir, 'meter.json');
  const remove = () => rmSync(dir, { recursive: true, force: true });
  return {
    args: ['--import', METER],
    env: { BENCH_METER: note, ...(watchDelay ? { BENCH_DELAY: '1' } : {}) },
    /** To be called once, when the process has ended. @returns {Pick<Measured, 'cpuMs' | 'delayMs'>} */
    read() {
      try {
        return JSON.parse(readFileSync(note, 'utf8'));
      } catch {
        return { cpuMs: Number.NaN, delayMs: undefined }; // a signal ended it
      } finally {
        remove();
      }
    },
    remove,
  };
}

/** Of every run that is measured. */
export const CREDENTIALS = { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' };

/**
 * Runs the worker; its run directory is thrown away. Gives its summary, too.
 * @param {readonly string[]} args Behind `run`.
 * @param {Parameters<typeof measure>[1]} [options]
 */
export async function measureRun(args, options) {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-bench-run-'));
  try {
    const state = args.includes('--state') ? [] : ['--no-state'];
    const own = [...state, '--json', '--log-level', 'silent', '--run-dir', join(dir, 'run')];
    const measured = await measure([MAIN, 'run', ...args, ...own], options);
    return { ...measured, summary: JSON.parse(measured.stdout) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

// --- internal ---

/** Private memory of a process in MiB; a memory-mapped file is not part of it. @param {number} pid */
function privateMemory(pid) {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0; // not Linux, or the process has just ended
  }
}
