import { isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { RunError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/types.ts';

/** A job to be written; its options are those of `run`, as the file of jobs spells them. */
export interface NewJob {
  readonly name: string;
  readonly options: Readonly<Record<string, JsonValue>>;
  /** Where the key and the secret of its account are, if the file has no account yet. */
  readonly apiKeyFile: string;
  readonly apiSecretFile: string;
}

/** A file of jobs with one more job, and the account that the job has. */
export interface FileWithJob {
  readonly text: string;
  readonly account: string;
  /** Whether the account was made, too. */
  readonly isNewAccount: boolean;
}

/** A new file of jobs; `schema` is where its JSON Schema lies, as the file reaches it. */
export function newJobFile(job: NewJob, schema: string): FileWithJob {
  const text = [
    `# yaml-language-server: $schema=${schema}`,
    '# "livedesk-sync help jobs" explains this file.',
    'version: 1',
    'accounts:',
    `  ${FIRST_ACCOUNT}:`,
    `    api_key_file: ${valueText(job.apiKeyFile)}  # a file that holds the key and nothing else, for your eyes only`,
    `    api_secret_file: ${valueText(job.apiSecretFile)}`,
    'jobs:',
    ...jobLines(job, FIRST_ACCOUNT, '  '),
    '',
  ].join('\n');
  return { text, account: FIRST_ACCOUNT, isNewAccount: true };
}

/**
 * Adds a job behind the others of a file, for its first account. Not a character of what stands there changes. Throws
 * `ERR_OUTPUT` where the file is not one to which a job can be added, or has one of that name.
 */
export function addJob(text: string, file: string, job: NewJob): FileWithJob {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const jobs: unknown =
    document.errors.length === 0 && isMap(document.contents) ? document.get('jobs', true) : 0;
  const accounts: unknown = isMap(document.contents) ? document.get('accounts', true) : undefined;
  const account = isMap(accounts) ? namesOf(accounts)[0] : undefined;
  if (!isMap(jobs) || jobs.flow === true || jobs.items.length === 0 || account === undefined) {
    throw outputError(
      `${file} is no file of jobs to which one can be added, with "accounts" and a line for each job below "jobs". Name another one with --config.`,
    );
  }
  if (namesOf(jobs).includes(job.name)) {
    throw outputError(`${file} has a job ${job.name} already. Choose another name with --job.`);
  }
  const at = endOf(text, jobs);
  const head = text.slice(0, at);
  const indent = indentOf(text, jobs);
  const lines = jobLines(job, account, indent).join('\n');
  const added = `${head}${head.endsWith('\n') ? '' : '\n'}${lines}\n${text.slice(at)}`;
  return { text: added, account, isNewAccount: false };
}

// --- internal ---

const FIRST_ACCOUNT = 'main';

function outputError(message: string): RunError {
  return new RunError('ERR_OUTPUT', message);
}

function jobLines({ name, options }: NewJob, account: string, indent: string): string[] {
  const own = Object.entries({ account, ...options });
  return [
    `${indent}${valueText(name)}:`,
    ...own.map(([option, value]) => `${indent}${indent}${option}: ${valueText(value)}`),
  ];
}

/** A value on one line, in quotes where it needs them. */
function valueText(value: JsonValue): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

function namesOf(map: YAMLMap): string[] {
  return map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
}

function indentOf(text: string, jobs: YAMLMap): string {
  const [{ key } = { key: undefined }] = jobs.items;
  const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  return ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
}

/** Where the last job ends; blank lines and comments at the left edge behind it belong to what follows. */
function endOf(text: string, jobs: YAMLMap): number {
  const head = text.slice(0, jobs.range?.[1] ?? text.length);
  return head.replace(/(?<=\n)(?:[ \t]*\n|#[^\n]*(?:\n|$))+$/, '').length;
}
