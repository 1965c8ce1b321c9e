import { dirname, resolve } from 'node:path';
import { type AccountSession, openAccountSession } from '../../../coordination/account-session.ts';
import { readWorkersAddress, type Workers } from '../../../coordination/workers.ts';
import { LIVEDESK_URL } from '../../../core/base-url.ts';
import { type Credentials, readCredentials, requireCredentials } from '../../../core/credentials.ts';
import { RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import { labelWithRun } from '../../../core/logger.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { runName } from '../../../journal/find-run.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { createRunDirectory, defaultRunDirectory, realDirectory } from '../../../journal/run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { accountOfRun } from './account-of-run.ts';
import { chooseShard, rateNote } from './choose-shard.ts';
import { chooseState } from './choose-state.ts';
import { newRun } from './new-run.ts';
import { type RunHistory, readHistory } from './newer-runs.ts';
import { openRunInputs, type RunInputs } from './open-inputs.ts';
import type { Open, Plan, PlanDraft } from './plan.ts';
import { requireOneKey } from './shard-filter.ts';

/** Settles what the run is to do: takes the lock, opens the inputs, and checks them against earlier runs. */
export async function makePlan(options: RunOptions, host: Host, context: RunContext): Promise<Plan> {
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    let workers: Workers | undefined;
    const plan = await settle(options, host, context, {
      onClose: (closer) => closers.push(closer),
      onSession(session) {
        workers = session.workers;
        closers.push(() => session[Symbol.asyncDispose]());
      },
    });
    return { ...plan, workers, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

// --- internal ---

type Closer = () => void | PromiseLike<void>;
/** Keeps what was opened, to be closed with the plan. */
interface Keeper {
  readonly onClose: (closer: Closer) => void;
  readonly onSession: (session: AccountSession) => void;
}

async function settle(
  given: RunOptions,
  host: Host,
  context: RunContext,
  { onClose, onSession }: Keeper,
): Promise<PlanDraft> {
  const { log, stop } = context;
  const earlierDir = given.resume ?? given.retry ?? given.undo?.dir;
  const origin = earlierDir === undefined ? undefined : await originOf(earlierDir);
  if (origin && given.resume !== undefined) labelWithRun(log, origin.run_id);
  const baseUrl = given.baseUrl ?? origin?.base_url ?? LIVEDESK_URL;
  const dryRun = given.dryRun || (given.resume !== undefined && origin?.dry_run === true);
  // a plan reads the account, in the place of a run
  const isOffline = dryRun && !isReading(given);
  if (origin && given.resume !== undefined) await refuseToResume(origin, given.resume, host);
  const credentials = credentialsOf(host, isOffline);
  // a dry run without credentials looks at what the account of the run before is known to hold
  const isOfOrigin = origin !== undefined && credentials.apiKey === '' && baseUrl === origin.base_url;
  const account = isOfOrigin
    ? origin.account
    : await accountOfRun(given, {
        baseUrl,
        apiKey: credentials.apiKey,
        origin,
        runDir: given.runDir ?? earlierDir,
        dryRun,
      });
  if (origin && earlierDir !== undefined) {
    const { requireAccount } = await import('./previous-run.ts');
    await requireAccount(origin, { account, baseUrl, sameAccount: given.sameAccount }, earlierDir);
  }

  const { dir: state, notes } = await chooseState({ ...given, dryRun }, origin, account);
  const { state: _, ...others } = given;
  const job = given.job ?? origin?.job;
  const options: RunOptions = {
    ...others,
    ...(state === undefined ? {} : { state }),
    ...(job === undefined ? {} : { job }),
    // bad rows of an undo that are sent again take back the same run
    ...(given.retry !== undefined && origin?.undoes ? { undo: origin.undoes } : {}),
  };
  for (const note of notes) log.warn(note);
  const shard = chooseShard(options, origin, host, log);
  const workersAddress = readWorkersAddress(host.env, options.rate);
  const note = dryRun || workersAddress ? undefined : rateNote(shard, options.rate);
  if (note) log.warn(note);
  const newDir = resolve(
    options.runDir ??
      defaultRunDirectory(
        options.job ?? (host.rows ? 'rows' : (options.inputs[0] ?? origin?.inputs[0]?.name ?? '-')),
        host.clock.now(),
        host.clock.random(),
        shard,
      ),
  );
  const lockFor = options.resume === undefined ? newDir : realDirectory(options.resume);
  const session = await openAccountSession(
    {
      account,
      dir: lockFor,
      // containers may share the state and nothing else
      roots: [dirname(lockFor), ...(options.state === undefined ? [] : [resolve(options.state)])],
      shard,
      isReadOnly: isOffline,
      waitLockMs: options.waitLockMs,
      workers: credentials.apiKey === '' ? undefined : workersAddress,
      pid: host.pid,
      uid: host.uid,
    },
    context,
  );
  onSession(session);
  const places = earlierDir === undefined ? [newDir] : [newDir, realDirectory(earlierDir)];
  const history = await readHistory(places, account, { state: options.state, dryRun });
  if (!dryRun && isNewKey(account, baseUrl, history)) {
    log.warn(
      'the runs of this folder at this address are of another API key, so that this one begins an account of its own and sends every row; if the key was rotated, stop now and say --same-account once',
    );
  }
  const common = { account, credentials, baseUrl, dryRun, shard, history };
  const open: Open = async (some) => {
    const reading = await openRunInputs(some, host, log, stop.draining);
    onClose(() => reading.close());
    requireOneKey(reading.mapping, shard);
    requireRepeatable(reading, options);
    if (reading.mapping.changes) {
      const { verifyChanges } = await import('../changes/verify-changes.ts');
      // a resumed run belongs to the account that it began with, whatever its plan says
      const { sameAccount } = options;
      await verifyChanges(reading, { account: origin ? undefined : account, baseUrl, sameAccount });
    }
    return reading;
  };

  if (options.resume !== undefined) {
    const { resumeRun } = await import('./resume.ts');
    return resumeRun(realDirectory(options.resume), options, common, open, log);
  }
  if (options.retry !== undefined) {
    const { retryRun } = await import('./retry.ts');
    return retryRun(realDirectory(options.retry), newDir, options, common, open, log);
  }
  const { undo } = given;
  if (undo && origin) {
    const { undoneRun } = await import('../undo/undone-run.ts');
    return undoneRun(newDir, origin, { ...options, undo }, common, open, host.clock.now());
  }
  if (options.inputs.includes('-') && options.spool) {
    const { spooledRun } = await import('./spooled-run.ts');
    return spooledRun(newDir, options, common, open, host, { log, stop });
  }
  if (options.inputs.includes('-')) {
    log.warn(
      `${host.rows ? 'rows' : 'stdin'} cannot be read twice, so this run cannot be continued; --spool keeps a copy`,
    );
  }
  const reading = await open(options);
  if (options.continue) {
    const { continueUnfinished } = await import('./find-unfinished.ts');
    const continued = await continueUnfinished(newDir, reading, options, common, open, log);
    if (continued) return continued;
  }
  return newRun(() => createRunDirectory(newDir), reading, options, common, open);
}

/** Whether a run reads contacts and writes none. */
function isReading({ command }: RunOptions): boolean {
  return command === 'plan' || command === 'check';
}

/** Refuses to go on with a plan: what the rows before have changed was in memory alone. */
async function refuseToResume(origin: RunLine, dir: string, { env }: Host): Promise<void> {
  if (origin.command !== 'plan' && origin.command !== 'check') return;
  const { beginCommand } = await import('../../../journal/run-commands.ts');
  throw new RunError(
    'ERR_USAGE',
    `${runName(dir)} is a ${origin.command === 'plan' ? 'plan' : 'check of a plan'}, which is begun anew: ${beginCommand({ header: origin, dir, env })}`,
  );
}

/** What judges all rows before the first is sent reads the input twice. */
function requireRepeatable({ identities, mapping }: RunInputs, { maxChanges, minRows }: RunOptions): void {
  const judge = [
    maxChanges ? '--max-changes' : '',
    minRows === undefined ? '' : '--min-rows',
    mapping.guard ? 'the guard of the mapping' : '',
  ].find((name) => name !== '');
  if (judge === undefined || identities.every(({ sha256 }) => sha256 !== undefined)) return;
  throw new RunError(
    'ERR_USAGE',
    `${judge} has to read the input twice, and a pipe can be read once; add --spool, which keeps a copy and reads that`,
  );
}

/** Whether runs are known of other accounts at the address, and none of this one. */
function isNewKey(account: string, baseUrl: string, { runs, counted }: RunHistory): boolean {
  const there = runs.filter(({ header }) => header.base_url === baseUrl && !header.dry_run);
  return counted === 0 && there.length > 0 && there.every(({ header }) => header.account !== account);
}

async function originOf(dir: string): Promise<RunLine> {
  const { readRunHeader } = await import('../../../journal/read-journal.ts');
  return readRunHeader(dir);
}

function credentialsOf(host: Host, dryRun: boolean): Credentials {
  return dryRun ? (readCredentials(host.env) ?? { apiKey: '', apiSecret: '' }) : requireCredentials(host.env);
}
