import { NOTICE_FORMATS } from '../../core/notice-format.ts';
import type { OptionSources } from '../../core/option-sources.ts';
import type { Command } from '../command.ts';
import { usage } from '../parse-values.ts';
import { GROUPS, SHARED } from '../shared-options.ts';
import type { OptionRules, RunRequest } from './jobs/take-job.ts';
import { readRunOptions } from './read-run-options.ts';
import { READ_FIRST, type RunOptions } from './run-options.ts';

/** The main job. */
export const run: Command = {
  usage: 'run [input..]',
  describe: 'Sync the contacts of CSV or JSONL files',
  readsEnvironment: true,
  positionals: {
    input: {
      type: 'string',
      array: true,
      describe: 'CSV or JSONL file, gzip too; - is stdin. Several are one run',
    },
  },
  options: {
    mapping: {
      alias: 'm',
      type: 'string',
      group: GROUPS.reading,
      describe: 'YAML or JSON mapping; without it, columns named like fields',
    },
    format: SHARED.format,
    encoding: SHARED.encoding,
    delimiter: SHARED.delimiter,
    quote: SHARED.quote,
    'skip-rows': SHARED['skip-rows'],
    'skip-footer': SHARED['skip-footer'],
    'min-rows': {
      type: 'string',
      group: GROUPS.reading,
      describe: 'Send nothing if regular files hold fewer rows',
    },
    limit: {
      type: 'string',
      group: GROUPS.reading,
      describe: 'Stop after that many rows: a canary, continued by --resume DIR --limit all [default: all]',
    },
    shard: {
      type: 'string',
      group: GROUPS.reading,
      describe: 'Do one of N shards of the contacts, as in 1/4; auto/4 reads JOB_COMPLETION_INDEX',
    },
    spool: {
      type: 'boolean',
      default: false,
      group: GROUPS.reading,
      describe: 'Keep a copy of stdin in the run directory, so that the run can be continued',
    },
    resume: {
      type: 'string',
      group: GROUPS.goingOn,
      describe: 'Go on with that run, a directory or its name below runs/: rows without an outcome',
    },
    retry: {
      type: 'string',
      group: GROUPS.goingOn,
      describe: 'Send the bad rows of that run again, from the original inputs, as a new run',
    },
    corrected: {
      type: 'boolean',
      default: false,
      group: GROUPS.goingOn,
      describe: 'With --retry: send the rejects files of that run as they were corrected',
    },
    continue: {
      type: 'boolean',
      default: false,
      group: GROUPS.goingOn,
      describe: 'If the newest run of the same work is unfinished, go on with it, else begin one: for cron',
    },
    'older-data': {
      type: 'boolean',
      default: false,
      group: GROUPS.goingOn,
      describe: 'Go on although a later run delivered newer data',
    },
    'same-account': {
      type: 'boolean',
      default: false,
      group: GROUPS.goingOn,
      describe: 'The API key was rotated, and is that of the same account: said once, the state remembers it',
    },
    job: {
      type: 'string',
      group: GROUPS.jobs,
      describe: 'Run that job of livedesk-sync.yaml; auto takes the n-th by the index of an array job',
    },
    'all-jobs': {
      type: 'boolean',
      default: false,
      group: GROUPS.jobs,
      describe: 'Run all jobs of the file: accounts side by side, jobs of one account in order',
    },
    config: {
      type: 'string',
      group: GROUPS.jobs,
      describe: 'The file of jobs [default: livedesk-sync.yaml]',
    },
    parallel: {
      type: 'string',
      default: '4',
      group: GROUPS.jobs,
      describe: 'With --all-jobs: accounts worked on at once',
    },
    'wait-lock': SHARED['wait-lock'],
    'base-url': SHARED['base-url'],
    rate: SHARED.rate,
    'max-rate': SHARED['max-rate'],
    concurrency: {
      type: 'string',
      group: GROUPS.sending,
      describe: 'Rows in flight [default: max(10, rate / 2), at most 512]',
    },
    'max-attempts': {
      type: 'string',
      default: '6',
      group: GROUPS.sending,
      describe: 'Attempts per row; throttled answers do not count',
    },
    timeout: SHARED.timeout,
    'dry-run': {
      type: 'boolean',
      default: false,
      group: GROUPS.sending,
      describe: 'Do everything but send; compares with the state',
    },
    state: {
      type: 'string',
      group: GROUPS.changes,
      describe:
        'Directory that remembers what was sent, so that only what changed is sent again; --no-state (LIVEDESK_NO_STATE) keeps none [default: runs/.state]',
    },
    full: {
      type: 'boolean',
      default: false,
      group: GROUPS.changes,
      describe: 'Send every field whatever the state says',
    },
    'read-first': {
      type: 'string',
      choices: READ_FIRST,
      default: 'needed',
      group: GROUPS.changes,
      describe:
        'Contacts to read just before they are written: where a value of theirs counts, or all that change',
    },
    undoable: {
      type: 'boolean',
      default: false,
      group: GROUPS.changes,
      describe:
        'Read each contact before it is changed and keep the old values, so that livedesk-sync undo can put them back',
    },
    'pull-every': {
      type: 'string',
      group: GROUPS.changes,
      describe: 'With `match`: pull first if the last complete pull is older than that, as in 24h',
    },
    'max-changes': {
      type: 'string',
      group: GROUPS.changes,
      describe: 'Send nothing if more rows than that would change a contact: N or N%',
    },
    show: {
      type: 'string',
      group: GROUPS.changes,
      describe: 'With --dry-run on a terminal: show old and new values of that many rows',
    },
    'search-rate': {
      type: 'string',
      default: '1',
      group: GROUPS.changes,
      describe: 'Searches per second, for mappings with `match`; they count for --rate, too',
    },
    'accept-bad-rows': {
      type: 'string',
      default: '0',
      group: GROUPS.stopping,
      describe: 'Bad rows that a good run may have, N or N%: exit 0; a failed row is never accepted',
    },
    'accept-drift': {
      type: 'boolean',
      default: false,
      group: GROUPS.stopping,
      describe: 'This once, the guard of the mapping only warns',
    },
    'max-errors': {
      type: 'string',
      default: '50%',
      group: GROUPS.stopping,
      describe: 'Stop when more rows than this end badly: N or N%',
    },
    'outage-budget': SHARED['outage-budget'],
    'drain-timeout': {
      type: 'string',
      default: '8s',
      group: GROUPS.stopping,
      describe: 'Time for open requests after a signal',
    },
    until: {
      type: 'string',
      group: GROUPS.stopping,
      describe: 'Take no new rows after that time of day: 06:00, or 06:00 Europe/Berlin',
    },
    'stop-after': { type: 'string', group: GROUPS.stopping, describe: 'Take no new rows after that time' },
    'run-dir': {
      alias: 'o',
      type: 'string',
      group: GROUPS.telling,
      describe: "Directory for the run's files [default: runs/<time>-<input>-<hex>]",
    },
    keep: {
      type: 'string',
      group: GROUPS.telling,
      describe:
        'Delete older finished runs of the account beside this one: 30d keeps 30 days, 20 keeps 20 runs',
    },
    'keep-personal': {
      type: 'string',
      group: GROUPS.telling,
      describe:
        'Delete rejects, missing rows, old values and copies of stdin of finished runs after that, as in 30d; journal and summary stay [default: as the run]',
    },
    'metrics-file': {
      type: 'string',
      group: GROUPS.telling,
      describe: 'Write metrics there, for the textfile collector of the node exporter or the like',
    },
    'notify-format': {
      type: 'string',
      choices: NOTICE_FORMATS,
      group: GROUPS.telling,
      describe:
        'How notices to LIVEDESK_NOTIFY_URL are posted [default: slack to hooks.slack.com, else json]',
    },
    json: SHARED.json,
    progress: SHARED.progress,
    'log-level': SHARED['log-level'],
    'log-format': SHARED['log-format'],
  },
  negatable: ['state'],
  examples: [
    ['$0 run contacts.csv', 'columns are named like the fields: contact_id, name, email, ...'],
    ['$0 run crm.csv -m mapping.yaml --dry-run', 'see what would be sent'],
    ['$0 run crm.csv -m mapping.yaml --limit 10', 'try ten rows for real'],
    ['$0 run crm.csv -m mapping.yaml --continue --keep 30d', 'every night from cron'],
    ['$0 run --resume latest', 'go on after a crash or a stop'],
    ['$0 run crm.csv -m mapping.yaml --shard 1/4', 'a quarter of the contacts; see livedesk-sync merge'],
    ['$0 run --job nightly-crm', 'a job of livedesk-sync.yaml, with all its options'],
    ['zcat crm.jsonl.gz | $0 run - --rate 50', 'read stdin, 50 requests per second'],
  ],
  topics: ['options', 'jobs', 'nightly', 'migration', 'errors'],
  async run({ input }, host, given = { flags: {}, environment: {} }) {
    const request = { given, inputs: (Array.isArray(input) ? input : []).map(String), host };
    if (asksForAllJobs(given)) {
      const { runAllJobs } = await import('./jobs/all-jobs.ts');
      return runAllJobs(request, JOB_RULES);
    }
    const taken = await completedByJob(request);
    const { runCommand } = await import('./run-command.ts');
    const isTerminal = host.stderr.isTTY === true;
    const options = await recallRunOptions(taken.given, taken.inputs, isTerminal);
    return runCommand(options, taken.host).catch((error) => {
      throw taken.inWordsOfJob?.(error) ?? error;
    });
  },
};

/**
 * The options of `run`, checked, from what is given by their names on the command line and what the run remembers that
 * is gone on with. Throws `ERR_USAGE`.
 */
export async function recallRunOptions(
  given: OptionSources,
  input: unknown,
  isTerminal: boolean,
): Promise<RunOptions> {
  const { recallOptions } = await import('./plan/remembered-options.ts');
  const named = (Array.isArray(input) ? input : []).map(String);
  const recalled = await recallOptions(given, named);
  return readRunOptions({ ...defaultsOf(), ...recalled.args }, isTerminal, recalled.given);
}

/** The request, completed by the file of its job where it may have one. */
export async function completedByJob(request: RunRequest): Promise<RunRequest> {
  const { flags, environment } = request.given;
  const mayHaveJob = ['job', 'config', 'resume', 'retry'].some((option) => flags[option] !== undefined);
  if (!mayHaveJob && environment['job'] === undefined) return request;
  const { takeJob } = await import('./jobs/take-job.ts');
  return takeJob(request, JOB_RULES);
}

/** How the file of jobs has its options checked: as those of a command line, with an input that stands for any. */
export const JOB_RULES: OptionRules = {
  command: run,
  check: (args) => void readRunOptions({ ...defaultsOf(), ...args, input: ['-'] }, false),
};

// --- internal ---

/** Whether all jobs of a file are asked for; flags win over the environment. */
function asksForAllJobs({ flags, environment }: OptionSources): boolean {
  const both = [flags, environment].find((given) => given['job'] !== undefined && given['all-jobs'] === true);
  if (both) throw usage('--job and --all-jobs exclude each other');
  const isOfOne = ['job', 'resume', 'retry'].some((option) => flags[option] !== undefined);
  return (flags['all-jobs'] ?? (!isOfOne && environment['all-jobs'])) === true;
}

function defaultsOf(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(run.options).map(([name, option]) => [name, option.default as unknown]),
  );
}
