#!/usr/bin/env node
import { constants } from 'node:os';
import { cli } from './cli/cli.ts';
import { systemClock } from './core/clock.ts';
import { crashText } from './core/crash-report.ts';
import { EXIT } from './core/errors.ts';
import type { Host } from './core/host.ts';

// A reader that went away (`| head`) must not end a delivery in progress.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const host: Host = {
  pid: process.pid,
  runtime: `Node ${process.version}, ${process.platform} ${process.arch}`,
  uid: process.getuid?.(),
  timeZones: process.versions['tz'],
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  onSignal(listener) {
    let signals = 0;
    const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
      const handler = (): void => {
        signals += 1;
        if (signals > 1) process.exit(128 + constants.signals[name]);
        listener(name);
      };
      process.on(name, handler);
      return () => process.off(name, handler);
    });
    return () => {
      for (const off of handlers) off();
    };
  },
};

process.on('uncaughtException', (error) => {
  process.stderr.write(crashText(error));
  process.exit(EXIT.bug);
});

process.exitCode = await cli(process.argv.slice(2), host);
// stdin may be a pipe that nobody closes
process.stdin.destroy();
