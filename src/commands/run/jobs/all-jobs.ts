import { type ChildProcess, spawn } from 'node:child_process';

import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { LIVEDESK_URL } from '../../../core/base-url.ts';
import type { Host } from '../../../core/host.ts';
import type { OptionTexts } from '../../../core/option-sources.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { printJson, printText } from '../../../core/shown-text.ts';
import type { StopSignal } from '../../../core/shutdown.ts';
import type { Summary } from '../../../journal/summary.ts';
import { JOB_FILE } from '../../job-options.ts';
import { parseCount, usage } from '../../parse-values.ts';
import { allJobsText, type EndedJob, worstExitCode } from './all-jobs-summary.ts';
import type { JobSettings } from './job-file.ts';
import { loadJobFile } from './load-job-file.ts';
import { type OptionRules, type RunRequest, refuseOtherSources } from './take-job.ts';

/**
 * Runs all jobs of a file: accounts side by side, the jobs of one account in the order of the file, each in a process of
 * its own, so that none can take another with it. Signals are passed on, and the processes waited for. Prints one summary
 * and gives the worst exit code.
 */
export async function runAllJobs(request: RunRequest, rules: OptionRules): Promise<number> {
  const { given, host } = request;
  const { flags, environment } = given;
  const refused = NOT_FOR_ALL.find((option) => flags[option] !== undefined);
  if (refused !== undefined) throw usage(`--${refused} is for one run; it does not go with --all-jobs`);
  const shared = SHARED_BY_NONE.find((option) => environment[option] !== undefined);
  if (shared !== undefined) {
    const variable = `LIVEDESK_${shared.toUpperCase().replace('-', '_')}`;
    throw usage(`${variable} is set, which is for one run; take it away from --all-jobs`);
  }
  const parallel = parseCount('parallel', String(flags['parallel'] ?? environment['parallel'] ?? '4'));
  const path = shownPath(resolve(String(flags['config'] ?? environment['config'] ?? JOB_FILE)));
  const { jobs } = await loadJobFile(path, rules);
  for (const job of jobs) {
    refuseOtherSources(job, request, true);
    if (job.inputs.includes('-')) {
      throw usage(`job "${job.name}" reads stdin, which --all-jobs has no way to share out; run it by --job`);
    }
  }

  const children = new Set<ChildProcess>();
  let stoppedBy: StopSignal | undefined;
  const removeListener = host.onSignal((signal) => {
    stoppedBy ??= signal;
    for (const child of children) child.kill(signal);
  });
  const ended = new Map<string, EndedJob>();
  const words = [...wordsOf(flags), '--json', '--no-progress', ...logWords(host, flags)];
  const runInOrder = async (own: readonly JobSettings[]): Promise<void> => {
    for (const job of own) {
      if (stoppedBy !== undefined) return;
      ended.set(job.name, await runJob(job, words, host, children));
    }
  };
  const waiting = [...accountsOf(jobs).values()];
  const worker = async (): Promise<void> => {
    for (let own = waiting.shift(); own; own = waiting.shift()) await runInOrder(own);
  };
  try {
    await Promise.all(Array.from({ length: parallel }, worker));
  } finally {
    removeListener();
  }

  const all = jobs.map(
    ({ name, account }): EndedJob => ended.get(name) ?? { job: name, account, exit_code: undefined },
  );
  const exitCode = worstExitCode(all, stoppedBy);
  const isJson = (flags['json'] ?? environment['json']) === true;
  if (isJson) printJson(host.stdout, { config: path, exit_code: exitCode, jobs: all });
  else printText(host.stdout, allJobsText(path, all, exitCode));
  return exitCode;
}

// --- internal ---

/** Places that each job has of its own. */
const SHARED_BY_NONE = ['run-dir', 'metrics-file'];
/** The same, and what names one run. */
const NOT_FOR_ALL = ['resume', 'retry', 'corrected', ...SHARED_BY_NONE];
/** Options that are said for all jobs, and not to each. */
const OWN = ['all-jobs', 'parallel', 'json', 'progress', 'log-format'];

/** Jobs by the account that they have: two names for one key are one. */
function accountsOf(jobs: readonly JobSettings[]): Map<string, JobSettings[]> {
  const accounts = new Map<string, JobSettings[]>();
  for (const job of jobs) {
    const account = `${job.options['base-url'] ?? LIVEDESK_URL}\n${job.apiKeyFile}`;
    accounts.set(account, [...(accounts.get(account) ?? []), job]);
  }
  return accounts;
}

function wordsOf(flags: OptionTexts): string[] {
  return Object.entries(flags)
    .filter(([option]) => !OWN.includes(option))
    .map(([option, value]) =>
      typeof value === 'boolean' ? `--${value ? '' : 'no-'}${option}` : `--${option}=${value}`,
    );
}

/** The processes write to a pipe, and people read the log on a terminal all the same. */
function logWords({ stderr }: Host, flags: OptionTexts): string[] {
  const format = flags['log-format'] ?? (stderr.isTTY === true ? 'pretty' : undefined);
  return format === undefined ? [] : ['--log-format', String(format)];
}

/** Runs a job in a process of its own. */
function runJob(
  { name, account }: JobSettings,
  words: readonly string[],
  host: Host,
  children: Set<ChildProcess>,
): Promise<EndedJob> {
  const [program = '', ...before] = host.self ?? [];
  const child = spawn(program, [...before, 'run', '--job', name, ...words], {
    env: { ...host.env, LIVEDESK_ALL_JOBS: undefined, LIVEDESK_JOB: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C goes to this process alone, which passes it on: a second signal would end a run at once
    detached: true,
  });
  children.add(child);
  let fault: string | undefined;
  const log = createInterface({ input: child.stderr });
  log.on('line', (line) => {
    if (line.startsWith(FAULT)) fault = line.slice(FAULT.length);
    printText(host.stderr, line.startsWith('{') ? `${line}\n` : `[${name}] ${line}\n`);
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  return new Promise((settle) => {
    child.on('error', (error) => {
      children.delete(child);
      settle({
        job: name,
        account,
        exit_code: undefined,
        fault: `it could not be started: ${error.message}`,
      });
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      const summary = summaryIn(stdout);
      const ending = signal === null ? fault : `its process was ended by ${signal}`;
      settle({
        job: name,
        account,
        exit_code: code ?? undefined,
        ...(summary ? { summary } : ending === undefined ? {} : { fault: ending }),
      });
    });
  });
}

/** What begins the message of a run that could not begin. */
const FAULT = 'livedesk-sync: ';

function summaryIn(stdout: string): Summary | undefined {
  try {
    return JSON.parse(stdout) as Summary;
  } catch {
    return undefined;
  }
}
