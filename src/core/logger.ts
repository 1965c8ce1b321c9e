import { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { CLEAR_LINE, type Host } from './host.ts';
import type { LogEntry, LogLevel } from './log-entry.ts';
import { shownJson } from './shown-text.ts';

export type { Logger };

/** Paths that never reach a log line, whoever passes them. */
const REDACTED = [
  'authorization',
  'headers',
  '*.authorization',
  '*.headers',
  'apiKey',
  'apiSecret',
  '*.apiKey',
  '*.apiSecret',
];

/**
 * A logger to stderr: JSON lines, or text for people; `labels` stand on every line. Callers log codes, counts and row
 * numbers, never values.
 */
export async function createLogger(
  host: Host,
  options: {
    readonly level: LogLevel;
    readonly format: 'json' | 'pretty';
    readonly labels?: Readonly<Record<string, string>>;
  },
): Promise<Logger> {
  // not before a command runs: it takes as long to load as all of yargs' command line
  const { default: pino } = await import('pino');
  const settings = { ...settingsOf(host, options.level), base: options.labels ?? null };
  if (options.format === 'json') return pino(settings, host.stderr);
  const { default: pretty } = await import('pino-pretty');
  const lines = new Writable({
    write(chunk, _encoding, done) {
      // a progress line may stand there
      host.stderr.write(host.stderr.isTTY ? `${CLEAR_LINE}${chunk}` : chunk);
      done();
    },
  });
  const stream = pretty({
    destination: lines,
    sync: true,
    colorize: host.stderr.isTTY === true && !host.env['NO_COLOR'],
    translateTime: 'UTC:HH:MM:ss',
    // for people, the name of the run directory says which run it is
    ignore: 'pid,hostname,run_id',
    singleLine: true,
  });
  return pino(settings, stream);
}

/** A logger to a function; without one it is silent. */
export async function createListenedLogger(
  { clock }: Pick<Host, 'clock'>,
  level: LogLevel,
  onLog: ((entry: LogEntry) => void) | undefined,
): Promise<Logger> {
  const { default: pino } = await import('pino');
  const settings = settingsOf({ clock }, onLog ? level : 'silent');
  return pino(settings, {
    write(line) {
      try {
        onLog?.(JSON.parse(line) as LogEntry);
      } catch {
        // a listener that throws must not end a delivery in progress
      }
    },
  });
}

/** Has every line from now on say which run it is of; a run has its id once its journal is found or begun. */
export function labelWithRun(log: Logger, runId: string): void {
  if (log.bindings()['run_id'] === undefined) log.setBindings({ run_id: runId });
}

// --- internal ---

function settingsOf({ clock }: Pick<Host, 'clock'>, level: LogLevel) {
  return {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: shownJson },
    timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    redact: { paths: REDACTED, remove: true },
  };
}
