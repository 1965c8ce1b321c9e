import { expect, test } from 'vitest';
import { addJob, newJobFile } from '../../../src/commands/init/add-job.ts';
import { readJobs } from '../../helpers/job-file.ts';

const JOB = { name: 'new', options: { input: 'in.csv', keep: '30d' }, apiKeyFile: 'k', apiSecretFile: 's' };
const ACCOUNTS = 'version: 1\naccounts:\n  a: { api_key_file: k, api_secret_file: s }\n';
const ADDED = '  new:\n    account: a\n    input: in.csv\n    keep: 30d\n';

test.each<[what: string, before: string, after: string]>([
  ['a file that ends with its jobs', 'jobs:\n  one: { account: a, input: x }\n', ''],
  ['no line break at the end', 'jobs:\n  one: { account: a, input: x }', '\n'],
  ['a comment inside of the last job', 'jobs:\n  one:\n    account: a\n    input: x\n    # rate: 5\n', ''],
])('a job is added behind %s', (_what, before, between) => {
  const { text } = addJob(ACCOUNTS + before, 'f.yaml', JOB);
  expect(text).toBe(`${ACCOUNTS}${before}${between}${ADDED}`);
  expect(readJobs(text).jobs.map(({ name }) => name)).toEqual(['one', 'new']);
});

test.each([
  'jobs:\n  one: { account: a, input: x }\n',
  'jobs:\n  one:\n    account: a\n    input: x\n',
  'jobs:\n  one:\n    account: a\n    input: x\n    # rate: 5\n',
])('comments at the left edge behind %j stay behind them', (jobs) => {
  const foot = '\n# the end\n# of it\n';
  expect(addJob(ACCOUNTS + jobs + foot, 'f.yaml', JOB).text).toBe(ACCOUNTS + jobs + ADDED + foot);
});

test('a new file is one that a run takes, whatever the names are', () => {
  const odd = {
    ...JOB,
    options: { input: "it's: here #1.csv", mapping: '0123', delimiter: '|', quote: '"' },
  };
  const { text, account } = newJobFile(odd, './jobs.schema.json');
  expect(readJobs(text).jobs).toMatchObject([
    {
      name: 'new',
      account,
      inputs: [odd.options.input],
      options: { mapping: '0123', delimiter: '|', quote: '"' },
    },
  ]);
});
