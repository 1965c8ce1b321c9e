import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jobsSchema } from '../../../../src/commands/help/jobs-schema.ts';
import { jobOptions, NOT_IN_JOBS } from '../../../../src/commands/job-options.ts';
import { run } from '../../../../src/commands/run/command.ts';
import { RunError } from '../../../../src/core/errors.ts';
import { readJobs } from '../../../helpers/job-file.ts';

function faultOf(text: string): string {
  try {
    readJobs(text);
  } catch (error) {
    if (error instanceof RunError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

const isSchemaValid = new Ajv({ strict: false, allErrors: false }).compile(jobsSchema(run));

const ACCOUNTS = 'version: 1\naccounts: { emea: { api_key_file: k, api_secret_file: s } }\n';
const job = (options: string): string =>
  `${ACCOUNTS}jobs:\n  nightly: { account: emea, input: a.csv, ${options} }\n`;

test('a job has the options of its account, its own before them, and paths from the file', () => {
  const { jobs } = readJobs(
    `version: 1
accounts:
  emea: { api_key_file: secrets/key, api_secret_file: /run/secret, rate: 20, timeout: 10s, base_url: https://x.example/ }
  apac: { api_key_file: k2, api_secret_file: s2 }
jobs:
  nightly-crm:
    account: emea
    input: [export.csv, ../more.csv]
    mapping: mapping.yaml
    rate: 5
    max_changes: 5%
    dry_run: true
    state: false
    until: 06:00
    format: csv
  stdin: { account: apac, input: '-', state: st, metrics_file: m/x.prom }
`,
    'conf',
  );
  expect(jobs.map(({ places: _, ...others }) => others)).toEqual([
    {
      name: 'nightly-crm',
      account: 'emea',
      inputs: ['conf/export.csv', 'more.csv'],
      options: {
        timeout: '10s',
        'base-url': 'https://x.example/',
        mapping: 'conf/mapping.yaml',
        rate: '5',
        'max-changes': '5%',
        'dry-run': true,
        state: false,
        until: '06:00',
        format: 'csv',
      },
      apiKeyFile: 'conf/secrets/key',
      apiSecretFile: '/run/secret',
    },
    {
      name: 'stdin',
      account: 'apac',
      inputs: ['-'],
      options: { state: 'conf/st', 'metrics-file': 'conf/m/x.prom' },
      apiKeyFile: 'conf/k2',
      apiSecretFile: 'conf/s2',
    },
  ]);
  expect(jobs[0]?.places.get('rate')).toBe('jobs.yaml:10:5');
  expect(jobs[0]?.places.get('api_key_file')).toBe('jobs.yaml:3:11');
});

/** What the shape of the file tells: the JSON Schema refuses it, too. */
const SHAPES: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'jobs.yaml: the file of jobs is empty. Begin with "version: 1".'],
  ['a list', '- a', 'jobs.yaml:1:1: a file of jobs must be a list of "key: value" pairs.'],
  ['no version', 'jobs: {}', 'jobs.yaml: "version" is missing. Begin with "version: 1".'],
  [
    'a newer version',
    'version: 2',
    'jobs.yaml:1:10: this file has version 2, and this program knows version 1',
  ],
  ['a version that is none', 'version: one', 'jobs.yaml:1:10: the version is a number.'],
  [
    'another key',
    `${ACCOUNTS}job: {}`,
    'jobs.yaml:3:1: "job" means nothing in this file. Did you mean "jobs"?',
  ],
  ['no accounts', 'version: 1\njobs: { a: {} }', 'jobs.yaml: "accounts" is missing.'],
  ['no jobs', ACCOUNTS, 'jobs.yaml: "jobs" is missing.'],
  ['an empty list of jobs', `${ACCOUNTS}jobs: {}`, 'jobs.yaml:3:7: "jobs" is empty.'],
  ['a job called auto', `${ACCOUNTS}jobs: { auto: {} }`, 'jobs.yaml:3:9: "auto" cannot be a name here'],
  ['a job with a blank', `${ACCOUNTS}jobs: { a b: {} }`, 'jobs.yaml:3:9: "a b" cannot be a name here'],
  [
    'a job that is none',
    `${ACCOUNTS}jobs: { a: b }`,
    'jobs.yaml:3:12: job "a" must be a list of "key: value" pairs',
  ],
  [
    'no account',
    `${ACCOUNTS}jobs: { a: { input: x } }`,
    'jobs.yaml:3:9: job "a" has no "account". Name one of "accounts": emea.',
  ],
  ['no input', `${ACCOUNTS}jobs: { a: { account: emea } }`, 'jobs.yaml:3:9: job "a" has no "input".'],
  [
    'an empty list of inputs',
    `${ACCOUNTS}jobs: { a: { account: emea, input: [] } }`,
    'jobs.yaml:3:36: here belong names of files: the list is empty',
  ],
  [
    'a misspelt option',
    job('max_chnges: 5%'),
    'jobs.yaml:4:43: "max_chnges" means nothing in job "nightly". Did you mean "max_changes"?',
  ],
  [
    'dashes',
    job('max-changes: 5%'),
    'jobs.yaml:4:43: "max-changes" means nothing in job "nightly". Did you mean "max_changes"?',
  ],
  [
    'an option that names a run',
    job('resume: x'),
    'jobs.yaml:4:43: "resume" cannot stand in job "nightly": it names one run.',
  ],
  [
    'a directory for each run',
    job('run_dir: x'),
    '"run_dir" cannot stand in job "nightly": each run needs a directory of its own.',
  ],
  [
    'what is said once',
    job('same_account: true'),
    '"same_account" cannot stand in job "nightly": it is said once, on the command line.',
  ],
  [
    'the address of an account',
    job('base_url: https://x.example'),
    '"base_url" cannot stand in job "nightly": it belongs to the account.',
  ],
  [
    'a mapping for all jobs',
    'version: 1\naccounts: { a: { api_key_file: k, api_secret_file: s, mapping: m } }',
    'jobs.yaml:2:55: "mapping" cannot stand in account "a": each job has its own.',
  ],
  ['a switch with a word', job('dry_run: yes'), 'jobs.yaml:4:52: this must be one of true, false.'],
  [
    'a choice with another word',
    job('format: cvs'),
    'jobs.yaml:4:51: this must be one of csv, jsonl. Did you mean "csv"?',
  ],
  ['nothing for a value', job('rate:'), 'jobs.yaml:4:49: here belongs a value, as one text.'],
  [
    'a key in the file',
    'version: 1\naccounts: { a: { api_key: geheim } }',
    'jobs.yaml:2:18: a secret does not belong into this file. Write it into a file of its own that only you may read, and name that: api_key_file.',
  ],
  [
    'no secret file',
    'version: 1\naccounts: { a: { api_key_file: k } }',
    'jobs.yaml:2:13: account "a" has no "api_secret_file". File that holds the API secret',
  ],
];

/** What only reading the values tells. */
const VALUES: readonly (readonly [string, string, string])[] = [
  ['an alias', `${ACCOUNTS}jobs: &x { a: *x }`, 'jobs.yaml:3:15: aliases (*name) are not allowed'],
  ['a key twice', `${ACCOUNTS}jobs: { a: {}, a: {} }`, 'jobs.yaml:3:16: this key stands twice.'],
  ['two documents', `${ACCOUNTS}---\na: 1`, 'jobs.yaml:3:1: a file of jobs is one document'],
  [
    'an unknown account',
    `${ACCOUNTS}jobs: { a: { account: emae, input: x } }`,
    'jobs.yaml:3:23: there is no account "emae" under "accounts". Did you mean "emea"?',
  ],
  [
    'too large a share',
    job('max_changes: 500%'),
    'jobs.yaml:4:56: max_changes takes at most 100%, not "500%"',
  ],
  [
    'a duration without a unit',
    job('timeout: 30, rate: 5'),
    'jobs.yaml:4:52: timeout takes a duration such as 500ms, 30s, 15m or 2h, not "30"',
  ],
  [
    'the first of two faults',
    job('rate: fast, timeout: 30'),
    'jobs.yaml:4:49: rate takes requests per second',
  ],
  [
    'two options that do not go together',
    job('rate: 5, max_rate: 9'),
    'max_rate goes with rate auto; rate 5 is a rate already',
  ],
  [
    'plain http elsewhere',
    'version: 1\naccounts: { a: { api_key_file: k, api_secret_file: s, base_url: http://x.example } }\njobs: { j: { account: a, input: x } }',
    'jobs.yaml:2:65: base_url must begin with https:',
  ],
  [
    'one metrics file for two',
    `${ACCOUNTS}jobs:\n  a: { account: emea, input: x, metrics_file: m.prom }\n  b: { account: emea, input: x, metrics_file: ./m.prom }`,
    'jobs.yaml:5:33: job "a" writes this metrics file, too.',
  ],
];

describe('a fault is told with its place and what to write', () => {
  test.each([...SHAPES, ...VALUES])('%s', (_, text, message) => {
    expect(faultOf(text)).toContain(message);
    expect(faultOf(text)).toMatch(/^ERR_CONFIG /);
  });
});

describe('the JSON Schema', () => {
  test.each(SHAPES)('refuses %s', (_, text) => {
    expect(isSchemaValid(parse(text))).toBe(false);
  });

  const words = [...jobOptions(run, 'job')];
  test.each(words)('takes %s, as the reader does', (word, { name, option }) => {
    const value =
      SAMPLES[name] ?? option.choices?.[0] ?? option.default ?? (option.type === 'boolean' || undefined);
    const text = job(`${word}: ${String(value)}`);
    expect([word, value === undefined]).toEqual([word, false]);
    expect(faultOf(text)).toBe('none');
    expect(isSchemaValid(parse(text))).toBe(true);
  });

  test('has every option of run, or a reason not to', () => {
    const names = [...words, ...jobOptions(run, 'account')].map(([, { name }]) => name);
    expect([...new Set([...names, ...Object.keys(NOT_IN_JOBS)])].sort()).toEqual(
      Object.keys(run.options).sort(),
    );
  });
});

/** Values of options that have neither a default nor a choice. */
const SAMPLES: Readonly<Record<string, string>> = {
  ...{ mapping: 'm.yaml', encoding: 'utf-8', delimiter: '";"', quote: 'none', 'skip-rows': '1' },
  ...{ 'skip-footer': '1', 'min-rows': '10', limit: 'all', shard: 'auto/4', 'max-rate': '50, rate: auto' },
  ...{ concurrency: '4', state: 'false', 'max-changes': '5%', show: '3', until: '06:00 Europe/Berlin' },
  ...{ 'pull-every': '24h', 'stop-after': '4h', keep: '30d', 'metrics-file': 'm.prom' },
  ...{ 'keep-personal': '7d' },
};
