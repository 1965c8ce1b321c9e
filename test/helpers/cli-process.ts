import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ROOT, withoutState } from './without-state.ts';

/** The built program. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Begins a program in a name space of process ids, and ends it with the one that began it. */
export const CONTAINED = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** How a process of the program ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Added to an environment without any `LIVEDESK_*`; undefined takes a name away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the system's directory for temporary files. */
  readonly cwd?: string;
  /** What the program reads on stdin; nothing by default. `pipe` leaves it open for the caller. */
  readonly stdin?: string | Uint8Array | 'pipe';
  /** Whether it runs as a container does: among processes of its own, of which it is the first. */
  readonly isContained?: boolean;
}

export interface CliProcess {
  readonly child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };
  readonly ended: Promise<Ended>;
}

/** Starts the built program. Credentials are those of the emulator unless `env` says otherwise. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  const { env = {}, cwd = tmpdir(), stdin, isContained = false } = options;
  // all tests share the folder for temporary files, and a port may come back with another account behind it
  const words = cwd === tmpdir() ? withoutState(args, ROOT) : args;
  const [program, ...before] = isContained ? [...CONTAINED, process.execPath] : [process.execPath];
  const child = spawn(program, [...before, MAIN, ...words], {
    cwd,
    env: {
      ...withoutOurs(process.env),
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      ...env,
    },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  }) as CliProcess['child'];
  if (stdin !== undefined && stdin !== 'pipe') child.stdin?.end(stdin);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the built program to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  return startCli(args, options).ended;
}

// --- internal ---

/** The caller's own settings must not reach the program under test, nor a proxy stand before the emulator. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^LIVEDESK_|_proxy$|^NODE_OPTIONS$|^VITEST/i.test(name)),
  );
}
