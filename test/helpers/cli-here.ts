import { PassThrough, Readable, Writable } from 'node:stream';
import { cli } from '../../src/cli/cli.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { Host } from '../../src/core/host.ts';
import { withoutState } from './without-state.ts';

/** What the program said and how it ended, called in this process: many runs in the time that one process takes to start. */
export interface EndedHere {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HereOptions {
  /** The whole environment. Default: the credentials of the emulator. */
  readonly env?: Host['env'];
  /** What the program reads on stdin; nothing by default. */
  readonly stdin?: string | Uint8Array;
  readonly clock?: Clock;
  /** Handed the listener for signals. */
  readonly onSignal?: Host['onSignal'];
}

/** Runs the command line in this process. */
export async function cliHere(args: readonly string[], options: HereOptions = {}): Promise<EndedHere> {
  const stdout = collector();
  const stderr = collector();
  const code = await cli(withoutState(args), {
    pid: process.pid,
    runtime: 'Node v20.19.0, linux x64',
    env: options.env ?? { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' },
    stdin:
      options.stdin === undefined ? new PassThrough().end() : Readable.from([Buffer.from(options.stdin)]),
    stdout,
    stderr,
    clock: options.clock ?? systemClock,
    onSignal: options.onSignal ?? (() => () => undefined),
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

// --- internal ---

function collector(): Writable & { text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text: () => chunks.join('') });
}
