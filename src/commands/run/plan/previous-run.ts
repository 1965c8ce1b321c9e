import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { areSiblings } from '../../../core/shard.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { CHOICES, type ReadingChoice, readingChoice } from '../../../input/options.ts';
import type { InputIdentity, RunLine } from '../../../journal/journal-lines.ts';
import { hasDelivered } from '../../../journal/list-runs.ts';
import { FILES } from '../../../journal/run-directory.ts';
import { functionOf } from '../../../mapping/load/mapping-source.ts';
import type { RunOptions } from '../run-options.ts';
import { mappingHash, type ReadingOptions, type RunInputs } from './open-inputs.ts';
import type { Common } from './plan.ts';

/** How inputs and mapping of an earlier run are opened again. What is given anew must not change their meaning. */
export function earlierReading(dir: string, header: RunLine, options: RunOptions): ReadingOptions {
  const isResume = options.retry === undefined;
  const fixed = ['mapping', ...CHOICES] as const;
  for (const name of fixed) {
    const isAgain = name === 'mapping' && functionOf(options.mapping) !== undefined;
    if (isResume && !options.continue && options[name] !== undefined && !isAgain) {
      throw new RunError(
        'ERR_USAGE',
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} cannot change when a run is gone on with; it comes from ${shownPath(dir)}. Begin a new run for another.`,
      );
    }
  }
  if (options.inputs.length > 0 && options.inputs.length !== header.inputs.length) {
    throw new RunError(
      'ERR_USAGE',
      `the run has ${header.inputs.length} inputs, but ${options.inputs.length} were named. Name none, or each where it is now.`,
    );
  }
  return {
    inputs: header.inputs.map(
      (input, i) => options.inputs[i] ?? pathOf(input, dir, isResume ? '--resume' : '--retry'),
    ),
    mapping: options.mapping ?? join(dir, FILES.mapping),
    ...rememberedChoice(header),
    ...readingChoice(options),
  };
}

/** How the inputs of an earlier run were read. */
function rememberedChoice({ options }: RunLine): ReadingChoice {
  const remembered = CHOICES.map((name) => [
    name,
    options[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] ?? undefined,
  ]);
  return readingChoice(Object.fromEntries(remembered));
}

function pathOf({ path, sha256 }: InputIdentity, dir: string, how: '--resume' | '--retry'): string {
  if (path !== undefined && sha256 !== undefined) {
    if (existsSync(path)) return path;
    throw new RunError(
      'ERR_INPUT_GONE',
      `${path}, an input of ${shownPath(dir)}, is gone. If it was moved, name all inputs where they are now: livedesk-sync run FILE ${how} ${shownPath(dir)}`,
    );
  }
  throw new RunError(
    'ERR_NOT_RESUMABLE',
    `${shownPath(dir)} read a pipe, of which no copy was kept (--spool keeps one). Begin a new run: patches set absolute values, so rows that are sent again do no harm.`,
  );
}

/** Refuses inputs whose content is not that of the earlier run; time stamps do not matter. */
export function requireSameContent(header: RunLine, reading: RunInputs, dir: string): void {
  for (const [i, now] of reading.identities.entries()) {
    const then = header.inputs[i];
    if (then?.size === now.size && then?.sha256 === now.sha256) continue;
    const what =
      now.size === undefined
        ? 'a pipe cannot be compared with it'
        : then?.size === now.size
          ? 'its content differs'
          : `it had ${then?.size} bytes, now it has ${now.size}`;
    throw new RunError(
      'ERR_INPUT_CHANGED',
      `${now.name} is not the input of ${shownPath(dir)}: ${what}. Name the original file, or begin a new run with this one.`,
    );
  }
}

/** Refuses another mapping function than that of the run gone on with; documents come from its directory. */
export function requireSameFunction({ mapping_hash }: RunLine, { mapping }: RunInputs, dir: string): void {
  if (mapping.ownFunction === undefined || mappingHash(mapping) === mapping_hash) return;
  throw new RunError(
    'ERR_OTHER_MAPPING',
    `the mapping function is not that of ${shownPath(dir)}: its source text differs. Give the same, or begin a new run.`,
  );
}

/** Who would send now, and where to. */
export interface Sender {
  readonly account: string;
  readonly baseUrl: string;
  /** Whether another API key of the same account is expected. */
  readonly sameAccount: boolean;
}

/** Refuses to go on with a run of another account, so that staging never writes to production. */
export function requireAccount(header: RunLine, sender: Sender, dir: string): void {
  const { account, baseUrl, sameAccount } = sender;
  if (header.account === account) return;
  // a rotated key leaves the address as it is
  if (sameAccount && header.base_url === baseUrl) return;
  throw new RunError(
    'ERR_OTHER_ACCOUNT',
    `${dir} belongs to account ${header.account} at ${header.base_url}, but the key and the base URL ${baseUrl} are account ${account}. ` +
      (header.base_url === baseUrl
        ? 'If only the API key was rotated, say --same-account.'
        : `Leave out --base-url, or begin a new run there.`),
  );
}

/** Refuses to retry a run once more after a retry of it has delivered some of the same rows. */
export async function refuseSecondRetry(
  header: RunLine,
  { history, shard }: Pick<Common, 'history' | 'shard'>,
): Promise<void> {
  for (const run of history.runs) {
    if (areSiblings(run.header.shard, shard)) continue;
    if (run.header.dry_run || run.header.parent_run?.run_id !== header.run_id) continue;
    if (!(await hasDelivered(run.dir))) continue;
    throw new RunError(
      'ERR_NEWER_RUN',
      `${shownPath(run.dir)} has retried these rows since (${run.header.started_at}) and delivered some; ` +
        `go on with what it left: livedesk-sync run --retry ${shownPath(run.dir)}. To send them all again, say --older-data.`,
    );
  }
}
