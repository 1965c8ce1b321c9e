import { dirname, resolve } from 'node:path';
import { ageText } from '../../../core/duration-text.ts';
import { EXIT, RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { Shutdown, stopByClock } from '../../../core/shutdown.ts';
import { RUNS_ROOT } from '../../../journal/run-directory.ts';
import { hasKeys } from '../stages/open-resolver.ts';
import { mappingHash } from './open-inputs.ts';
import type { Plan } from './plan.ts';

/**
 * Reads the account into the state before the run, if the mapping finds contacts by keys and the last complete pull is
 * older than `--pull-every` says, or `limits` end that. The run holds the lock of the account already. Gives what the user should know. Throws
 * `RunError` where the pull was stopped: nothing was sent, and the same command goes on with the pull.
 */
export async function pullFirst(
  plan: Plan,
  limits: Parameters<typeof stopByClock>[1],
  host: Host,
  context: RunContext,
): Promise<readonly string[]> {
  const { options, account, credentials, workers } = plan;
  const { pullEveryMs, dryRun, baseUrl } = options;
  if (pullEveryMs === undefined) return [];
  const { log, clock } = context;
  if (dryRun) {
    log.info('a dry run does not pull (--pull-every)');
    return [];
  }
  if (options.state === undefined) return [NO_STATE];
  if (!hasKeys(plan)) {
    log.info('no pull is needed (--pull-every): the mapping names contacts by their ids');
    return [];
  }
  const dir = resolve(options.state);
  const own = dirname(plan.dir);
  const roots = [...new Set([own, resolve(RUNS_ROOT)])];
  const lastAt = await lastCompletePull(plan, dir, roots, context);
  if (lastAt !== undefined && clock.now() - lastAt <= pullEveryMs) return [];
  sayWhy(log, lastAt, clock.now());

  // what ends the pull is a reason for the run to stop, but a list that is not complete is not
  const stop = new Shutdown();
  const passOn = (): void => {
    if (context.stop.reason) stop.request(context.stop.reason);
  };
  if (context.stop.draining.aborted) passOn();
  context.stop.draining.addEventListener('abort', passOn, { once: true });
  using _timers = stopByClock(stop, limits);
  try {
    const { pullAccount } = await import('../../pull-account.ts');
    const summary = await pullAccount(
      { options, baseUrl, account, dir, credentials, workers, roots, own },
      host,
      { ...context, stop },
    );
    const { stopped } = summary;
    if (!stopped) {
      log.info({ contacts: summary.contacts, gone: summary.gone }, 'the pull before the run is complete');
      return [];
    }
    if (stopped.code === 'ERR_PULL_INCOMPLETE') return [`the pull before the run: ${stopped.message}`];
    throw new RunError(
      stopped.code,
      `the pull before the run (--pull-every) did not end: ${stopped.message}. Nothing was sent; the same command goes on with it`,
      { exitCode: summary.exit_code === EXIT.usage ? EXIT.stopped : summary.exit_code },
    );
  } finally {
    context.stop.draining.removeEventListener('abort', passOn);
  }
}

// --- internal ---

const NO_STATE = '--pull-every: this run has no state to read the account into, so it does not pull';

/** When the last complete pull began, Unix time in milliseconds. */
async function lastCompletePull(
  { account, stateId, reading }: Plan,
  dir: string,
  roots: readonly string[],
  { clock }: RunContext,
): Promise<number | undefined> {
  const [{ openState }, { wasSentByOthers }] = await Promise.all([
    import('../../../state/open-state.ts'),
    import('../../../state/last-sender.ts'),
  ]);
  // a state that does not count any more has seen nothing
  if (wasSentByOthers(roots, account, stateId)) return undefined;
  const state = await openState(dir, account, mappingHash(reading.mapping), { clock, readOnly: true });
  try {
    return state.completeAt;
  } finally {
    await state.close();
  }
}

function sayWhy(log: Logger, lastAt: number | undefined, now: number): void {
  log.info(
    lastAt === undefined
      ? 'pulling first (--pull-every): the state has no complete pull'
      : `pulling first (--pull-every): the last complete pull began ${ageText(now - lastAt)} ago`,
  );
}
