import { crashText } from '../../core/crash-report.ts';
import { waitText } from '../../core/duration-text.ts';
import { EXIT } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { printJson, printText } from '../../core/shown-text.ts';
import { summaryText } from '../../journal/summary-text.ts';
import { openCommandContext } from '../command-context.ts';
import { performRun } from './run.ts';
import type { RunOptions } from './run-options.ts';

/** Longest time for what follows the summary: a notice, old runs to be deleted, closing. */
const AFTER_SUMMARY_MS = 20_000;

/** The command line's side of a run: signals stop it, and the summary goes to stdout. Gives the exit code. */
export async function runCommand(options: RunOptions, host: Host): Promise<number> {
  const { stdout } = host;
  let left = (): string => 'nothing was sent';
  using context = await openCommandContext(options, host, {
    draining: `rows in flight are finished, for at most ${waitText(options.drainTimeoutMs)}`,
    left: () => left(),
  });
  const { log, stop } = context;
  const summary = await performRun(options, host, {
    log,
    stop,
    ...(stdout.isTTY ? { onChanges: (text: string) => printText(stdout, text) } : {}),
    onBegin(now) {
      left = now;
    },
    onSummary(told) {
      if (options.json) printJson(stdout, told);
      else printText(stdout, summaryText(told, stdout.isTTY ? stdout.columns : undefined));
      host.endWithin?.(AFTER_SUMMARY_MS, told.exit_code);
    },
  });
  const { reason } = stop;
  if (reason?.kind === 'error' && reason.error.exitCode === EXIT.bug) {
    printText(host.stderr, crashText(reason.error.cause));
  }
  return summary.exit_code;
}
