#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { cli } from './cli/cli.ts';
import { systemClock } from './core/clock.ts';
import { crashText } from './core/crash-report.ts';
import { codeOf, EXIT } from './core/errors.ts';
import type { Host } from './core/host.ts';
import { SIGNAL_EXIT, type StopSignal } from './core/shutdown.ts';

// What V8 sees survive a few collections it makes in its old generation from then on. Of rows that wait in a queue that is
// wrong: objects of theirs that die soon kept all that they held, requests and answers whole, from the young
// generation's collector, which took twice the time.
setFlagsFromString('--no-allocation-site-pretenuring');

/** How long a handle that a library left open may hold the process once its work is done. */
const LEFTOVER_MS = 2_000;
/** A terminal that closes may send SIGHUP twice: the kernel does, and the shell. */
const SAME_HANGUP_MS = 100;

let stdoutFault: unknown;
// A reader that went away (`| head`) must not end a delivery in progress.
process.stdout.on('error', (error) => {
  stdoutFault ??= error;
});
process.stderr.on('error', () => {});

let lastResort: NodeJS.Timeout | undefined;

/** The timer counts only while something else holds the process, and waits for what stdout has still to take. */
function endWithin(ms: number, exitCode: number): void {
  process.exitCode = exitCode;
  clearTimeout(lastResort);
  lastResort = setTimeout(() => {
    if (process.stdout.writableLength === 0) process.exit(exitCode);
    endWithin(ms, exitCode);
  }, ms);
  lastResort.unref();
}

const host: Host = {
  pid: process.pid,
  runtime: `Node ${process.version}, ${process.platform} ${process.arch}`,
  uid: process.getuid?.(),
  timeZones: process.versions['tz'],
  self: [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)],
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  endWithin,
  saveMemory() {
    // V8 lets its old generation grow to four times its size before it collects it; now to twice its size
    setFlagsFromString('--heap-growing-percent=100');
  },
  onSignal(listener) {
    let first: { readonly name: StopSignal; readonly at: number } | undefined;
    const handle = (name: StopSignal): void => {
      const at = systemClock.monotonic();
      const isSameHangup = name === 'SIGHUP' && first?.name === name && at - first.at < SAME_HANGUP_MS;
      if (isSameHangup) return;
      const isLast = first !== undefined;
      first ??= { name, at };
      try {
        listener(name, isLast);
      } finally {
        if (isLast) process.exit(SIGNAL_EXIT[name]);
      }
    };
    const names = Object.keys(SIGNAL_EXIT) as StopSignal[];
    for (const name of names) process.on(name, handle);
    return () => {
      for (const name of names) process.off(name, handle);
    };
  },
};

process.on('uncaughtException', (error) => {
  process.stderr.write(crashText(error));
  process.exit(EXIT.bug);
});

let exitCode = await cli(process.argv.slice(2), host);
// stdin may be a pipe that no process closes
process.stdin.destroy();
endWithin(LEFTOVER_MS, exitCode);
await new Promise<void>((resolve) => {
  process.stdout.write('', () => resolve());
});
// a fault of the last write is told one turn later
await new Promise(setImmediate);
if (stdoutFault !== undefined) {
  process.stderr.write(`livedesk-sync: stdout could not be written to its end (${codeOf(stdoutFault)})\n`);
  if (exitCode === EXIT.ok) exitCode = EXIT.stopped;
  endWithin(LEFTOVER_MS, exitCode);
}
