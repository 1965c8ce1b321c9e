import type { Command } from './command.ts';

/** The file that holds jobs, where no other is named. */
export const JOB_FILE = 'livedesk-sync.yaml';

/** What the name of a job may be: it stands in file names, labels and command lines. */
export const JOB_NAME = /^(?!auto$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Keys of the file, and what they hold. */
export const FILE_WORDS = {
  version: 'Version of this form of file: 1.',
  accounts: 'Accounts by names of your own: where the files with their key and secret are.',
  jobs: 'Jobs by names of your own: what to sync, and how.',
} as const;

/** Keys of an account beside options of `run`. */
export const ACCOUNT_WORDS = {
  api_key_file: 'File that holds the API key, and nothing else.',
  api_secret_file: 'File that holds the API secret, and nothing else.',
} as const;

/** Keys of a job beside options of `run`. */
export const JOB_WORDS = {
  account: 'The account, by its name under "accounts".',
  input: 'CSV or JSONL file, or a list of them that are one run; - is stdin.',
} as const;

/** Options of `run` that neither jobs nor accounts have, and why. */
export const NOT_IN_JOBS: Readonly<Record<string, string>> = {
  job: 'it says which job to run',
  config: 'it names this file',
  'all-jobs': 'it says which jobs to run',
  parallel: 'it goes with --all-jobs on the command line',
  resume: 'it names one run',
  retry: 'it names one run',
  corrected: 'it goes with --retry on the command line',
  'older-data': 'it is said once, on the command line',
  'same-account': 'it is said once, on the command line',
  'run-dir': 'each run needs a directory of its own',
};

/** Options that make an account what it is, so that a job cannot differ in them. */
const OF_ACCOUNTS = ['base-url'];
/** Options of one job, which jobs of an account cannot share. */
const OF_JOBS = ['mapping', 'metrics-file'];

/** Options of `run` that a job or an account may have, by their names there: `max_changes` for `--max-changes`. */
export function jobOptions(
  { options }: Pick<Command, 'options'>,
  of: 'account' | 'job',
): ReadonlyMap<string, { readonly name: string; readonly option: Command['options'][string] }> {
  const others = of === 'account' ? OF_JOBS : OF_ACCOUNTS;
  const own = Object.entries(options).filter(([name]) => !(name in NOT_IN_JOBS) && !others.includes(name));
  return new Map(own.map(([name, option]) => [jobWord(name), { name, option }]));
}

/** The name of an option as the file spells it. */
export function jobWord(option: string): string {
  return option.replaceAll('-', '_');
}
