import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readArrayIndex } from '../../../core/array-index.ts';
import { didYouMean } from '../../../core/did-you-mean.ts';
import { RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { OptionSources, OptionTexts } from '../../../core/option-sources.ts';
import { shownPath } from '../../../core/shell-text.ts';
import type { Command } from '../../command.ts';
import { JOB_FILE } from '../../job-options.ts';
import type { JobFile, JobSettings } from './job-file.ts';
import { loadJobFile } from './load-job-file.ts';

/** What a command line and its environment say of a run. */
export interface RunRequest {
  readonly given: OptionSources;
  readonly inputs: readonly string[];
  readonly host: Host;
  /** An error about the credentials in words of the file that names them. */
  readonly inWordsOfJob?: (error: unknown) => unknown;
}

/** How options of `run` are declared and checked. */
export interface OptionRules {
  readonly command: Pick<Command, 'options' | 'negatable'>;
  readonly check: (args: OptionTexts) => void;
}

/**
 * Completes a request by the options of its job: the job that `--job` names, or the job of the run that the request
 * resumes or retries. A job is an environment that is written in a file: flags and variables win over its
 * options, and a run remembers them as those. Credentials, base URL, inputs and mapping come from the file alone.
 */
export async function takeJob(request: RunRequest, rules: OptionRules): Promise<RunRequest> {
  const { given, inputs, host } = request;
  const { flags, environment } = given;
  const back = flags['resume'] ?? flags['retry'];
  const earlier = typeof back === 'string' ? await jobOfRun(back) : undefined;
  // what the environment says of jobs is for new runs
  const wanted = flags['job'] ?? (back === undefined ? environment['job'] : earlier?.job);
  if (typeof wanted !== 'string') {
    if (flags['config'] === undefined) return request;
    throw new RunError('ERR_USAGE', '--config goes with --job NAME or --all-jobs');
  }
  const file = flags['config'] ?? earlier?.config ?? environment['config'] ?? JOB_FILE;
  const path = shownPath(resolve(String(file)));
  const jobs = await loadJobFile(path, rules);
  const job = chooseJob(wanted, jobs, host, back);
  refuseOtherSources(job, request, back === undefined);
  const isDry = (flags['dry-run'] ?? environment['dry-run'] ?? job.options['dry-run']) === true;
  return {
    inputs: back === undefined ? job.inputs : inputs,
    given: {
      flags: { ...flags, job: job.name },
      environment: { ...job.options, ...environment, config: path },
    },
    host: { ...host, env: environmentOf(job, host.env, isDry) },
    inWordsOfJob: (error) => inWordsOf(job, error),
  };
}

/**
 * Refuses a request that says elsewhere what a job has from its file alone, so that no variable that happens to be set
 * sends its contacts to another account. Inputs and mapping are those of the file where a run is `new`.
 */
export function refuseOtherSources(
  { name, places }: JobSettings,
  { given: { flags, environment }, inputs, host: { env } }: RunRequest,
  isNew: boolean,
): void {
  const refuse = (source: string, word: string): never => {
    const place = places.get(word) ?? places.get('account') ?? '';
    throw new RunError(
      'ERR_USAGE',
      `${source} is set, and job "${name}" has its ${word} from its file alone (${place}). Take ${source} away, or run without --job.`,
    );
  };
  for (const [variable, word] of CREDENTIALS) if (env[variable]) refuse(variable, word);
  const options = isNew ? ['base-url', 'mapping'] : ['base-url'];
  for (const option of options) {
    const word = option.replace('-', '_');
    if (flags[option] !== undefined) refuse(`--${option}`, word);
    if (environment[option] !== undefined) refuse(`LIVEDESK_${word.toUpperCase()}`, word);
  }
  if (!isNew) return;
  if (environment['input'] !== undefined) refuse('LIVEDESK_INPUT', 'input');
  if (inputs.length > 0) refuse(`the input ${inputs.join(' ')}`, 'input');
}

// --- internal ---

/** The environment of a job: its credentials are those of its file. A dry run does without, as long as there are none. */
function environmentOf(job: JobSettings, env: Host['env'], isDry: boolean): Host['env'] {
  const { apiKeyFile, apiSecretFile } = job;
  if (isDry && !existsSync(apiKeyFile) && !existsSync(apiSecretFile)) return env;
  return { ...env, LIVEDESK_API_KEY_FILE: apiKeyFile, LIVEDESK_API_SECRET_FILE: apiSecretFile };
}

const CREDENTIALS = [
  ['LIVEDESK_API_KEY', 'api_key_file'],
  ['LIVEDESK_API_KEY_FILE', 'api_key_file'],
  ['LIVEDESK_API_SECRET', 'api_secret_file'],
  ['LIVEDESK_API_SECRET_FILE', 'api_secret_file'],
] as const;

/** The variables stand for files that the user has named in the file of jobs. */
function inWordsOf({ places }: JobSettings, error: unknown): unknown {
  if (!(error instanceof RunError) || error.code !== 'ERR_CREDENTIALS') return error;
  const message = error.message.replace(/LIVEDESK_(API_\w+_FILE)/g, (_whole, name: string) => {
    const word = name.toLowerCase();
    return `${word} (${places.get(word)})`;
  });
  return new RunError(error.code, message, { exitCode: error.exitCode, cause: error });
}

/** The job that a run is of, and where its file was; undefined for a run of none, or where its journal cannot be read. */
async function jobOfRun(
  name: string,
): Promise<{ readonly job: string; readonly config: string | undefined } | undefined> {
  const { findRunDirectory } = await import('../../../journal/find-run.ts');
  const { readRunLine } = await import('../../../journal/read-journal.ts');
  const header = await readRunLine(await findRunDirectory(name));
  if (header?.job === undefined) return undefined;
  const config = header.given?.environment['config'];
  return { job: header.job, config: typeof config === 'string' ? config : undefined };
}

function chooseJob(
  wanted: string,
  { name: file, jobs }: JobFile,
  { env }: Host,
  back: string | boolean | undefined,
): JobSettings {
  const names = jobs.map(({ name }) => name);
  if (wanted !== 'auto') {
    const job = jobs.find(({ name }) => name === wanted);
    if (job) return job;
    const hint = didYouMean(wanted, names) || ` There are ${names.join(', ')}.`;
    const rename = back === undefined ? '' : ` If it has another name now, add --job with that name.`;
    throw new RunError('ERR_JOB', `${file} has no job ${JSON.stringify(wanted)}.${hint}${rename}`);
  }
  const found = readArrayIndex(env);
  if (!found) {
    throw new RunError(
      'ERR_JOB',
      '--job auto takes the n-th job by the index of an array job, and the environment has none. Kubernetes sets JOB_COMPLETION_INDEX in Jobs with completionMode: Indexed; elsewhere name the job.',
    );
  }
  const job = found.index === undefined ? undefined : jobs[found.index];
  if (job) return job;
  throw new RunError(
    'ERR_JOB',
    `${found.name} is ${JSON.stringify(found.text)}, and ${file} has ${jobs.length} jobs, which are counted from 0 (${names.join(', ')}). Give the array job as many tasks as the file has jobs.`,
  );
}
