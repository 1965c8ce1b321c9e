import { resolve } from 'node:path';
import { didYouMean } from '../../../core/did-you-mean.ts';
import { RunError } from '../../../core/errors.ts';
import type { OptionTexts } from '../../../core/option-sources.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { asMap, asText, asTexts, child, oneOf, requireKnownKeys } from '../../../mapping/parse/nodes.ts';
import { type MapNode, type Node, readYaml } from '../../../mapping/parse/yaml.ts';
import type { Command } from '../../command.ts';
import {
  ACCOUNT_WORDS,
  FILE_WORDS,
  JOB_NAME,
  JOB_WORDS,
  jobOptions,
  jobWord,
  NOT_IN_JOBS,
} from '../../job-options.ts';

/** A job as its file says, checked. Paths are as the working directory reaches them. */
export interface JobSettings {
  readonly name: string;
  /** The name of its account in the file. */
  readonly account: string;
  readonly inputs: readonly string[];
  /** Options of `run` by their names, those of the account included. */
  readonly options: OptionTexts;
  readonly apiKeyFile: string;
  readonly apiSecretFile: string;
  /** Where the file says what, as `file:line:column`, by the file's words; `account` is the account itself. */
  readonly places: ReadonlyMap<string, string>;
}

/** The jobs of a file, in its order. */
export interface JobFile {
  /** As the user calls it. */
  readonly name: string;
  readonly jobs: readonly JobSettings[];
}

export interface ParseJobFileOptions {
  /** The file as the user calls it. */
  readonly name: string;
  /** The folder that paths in the file are relative to. */
  readonly dir: string;
  /** The declaration of `run`. */
  readonly command: Pick<Command, 'options' | 'negatable'>;
  /** Reads options as `run` does. Throws what it finds wrong. */
  readonly check: (args: OptionTexts) => void;
}

/** Checks the text of a file of jobs. Throws `ERR_CONFIG` with `file:line:column` and what to write. */
export function parseJobFile(text: string, options: ParseJobFileOptions): JobFile {
  const { name } = options;
  try {
    const root = asMap(readYaml(text, name, undefined, KIND), `a ${KIND}`);
    checkVersion(root, name);
    requireKnownKeys(root, Object.keys(FILE_WORDS), 'this file');
    const accounts = new Map(
      section(root, 'accounts', name).entries.map((entry) => [entry.key, readAccount(entry, options)]),
    );
    const jobs = section(root, 'jobs', name).entries.map((entry) => readJob(entry, accounts, options));
    refuseSharedMetrics(jobs);
    return { name, jobs };
  } catch (error) {
    // the reader of mappings reads this file, too
    if (!(error instanceof RunError) || error.code !== 'ERR_MAPPING') throw error;
    throw new RunError('ERR_CONFIG', error.message, { cause: error });
  }
}

// --- internal ---

const KIND = 'file of jobs';
/** Options that hold paths. */
const PATHS = ['mapping', 'state', 'metrics-file'];

/** An option as the file gives it. */
interface Setting {
  readonly option: string;
  readonly value: string | boolean;
  readonly at: string;
}

interface Account {
  readonly name: string;
  readonly at: string;
  readonly apiKeyFile: string;
  readonly apiSecretFile: string;
  readonly settings: readonly Setting[];
  readonly places: ReadonlyMap<string, string>;
}

type Entry = MapNode['entries'][number];

function configError(at: string, message: string): RunError {
  return new RunError('ERR_CONFIG', `${at}: ${message}`);
}

function checkVersion(root: MapNode, name: string): void {
  const node = child(root, 'version');
  if (node === undefined) throw configError(name, '"version" is missing. Begin with "version: 1".');
  if (node.kind === 'scalar' && node.value === 1) return;
  if (node.kind === 'scalar' && typeof node.value === 'number' && node.value > 1) {
    throw configError(
      node.at,
      `this file has version ${node.text}, and this program knows version 1 only. Install a newer one.`,
    );
  }
  throw configError(node.at, 'the version is a number. Write "version: 1".');
}

function section(root: MapNode, word: 'accounts' | 'jobs', name: string): MapNode {
  const node = child(root, word);
  if (node === undefined) throw configError(name, `"${word}" is missing. ${FILE_WORDS[word]}`);
  const map = asMap(node, `"${word}"`);
  const [first] = map.entries;
  if (first === undefined) throw configError(map.at, `"${word}" is empty. ${FILE_WORDS[word]}`);
  const odd = map.entries.find(({ key }) => !JOB_NAME.test(key));
  if (odd) {
    throw configError(
      odd.at,
      `${JSON.stringify(odd.key)} cannot be a name here: up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit, and not "auto".`,
    );
  }
  return map;
}

function readAccount({ key: name, at, node }: Entry, options: ParseJobFileOptions): Account {
  const map = asMap(node, `account "${name}"`);
  for (const { key, at: place } of map.entries) {
    if (key !== 'api_key' && key !== 'api_secret') continue;
    throw configError(
      place,
      `a secret does not belong into this file. Write it into a file of its own that only you may read, and name that: ${key}_file.`,
    );
  }
  const places = new Map(map.entries.map((entry) => [entry.key, entry.at]));
  const settings = readSettings(map, 'account', name, options);
  const file = (word: keyof typeof ACCOUNT_WORDS): string => {
    const found = child(map, word);
    if (found === undefined) {
      throw configError(at, `account "${name}" has no "${word}". ${ACCOUNT_WORDS[word]}`);
    }
    return pathFrom(options.dir, asText(found, 'the path of a file'));
  };
  return {
    name,
    at,
    apiKeyFile: file('api_key_file'),
    apiSecretFile: file('api_secret_file'),
    settings,
    places,
  };
}

function readJob(
  { key: name, at, node }: Entry,
  accounts: ReadonlyMap<string, Account>,
  options: ParseJobFileOptions,
): JobSettings {
  const map = asMap(node, `job "${name}"`);
  const own = readSettings(map, 'job', name, options);
  const account = accountOf(map, at, name, accounts);
  const input = child(map, 'input');
  if (input === undefined) throw configError(at, `job "${name}" has no "input". ${JOB_WORDS.input}`);
  const inputs = asTexts(input, 'names of files');
  const settings = [
    ...account.settings.filter(({ option }) => !own.some((one) => one.option === option)),
    ...own,
  ];
  checkTogether(settings, options.check);
  return {
    name,
    account: account.name,
    inputs: inputs.map((path) => (path === '-' ? path : pathFrom(options.dir, path))),
    options: textsOf(settings),
    apiKeyFile: account.apiKeyFile,
    apiSecretFile: account.apiSecretFile,
    places: new Map([
      ...account.places,
      ['account', account.at],
      ...map.entries
        .filter(({ key }) => key !== 'account')
        .map((entry): [string, string] => [entry.key, entry.at]),
    ]),
  };
}

function accountOf(map: MapNode, at: string, job: string, accounts: ReadonlyMap<string, Account>): Account {
  const node = child(map, 'account');
  const names = [...accounts.keys()];
  if (node === undefined) {
    throw configError(at, `job "${job}" has no "account". Name one of "accounts": ${names.join(', ')}.`);
  }
  const name = asText(node, 'the name of an account');
  const account = accounts.get(name);
  if (account) return account;
  const hint = didYouMean(name, names) || ` There are ${names.join(', ')}.`;
  throw configError(node.at, `there is no account ${JSON.stringify(name)} under "accounts".${hint}`);
}

/** The options of `run` in an account or a job, each of the right kind. */
function readSettings(
  map: MapNode,
  of: 'account' | 'job',
  name: string,
  { command, dir }: ParseJobFileOptions,
): readonly Setting[] {
  const known = jobOptions(command, of);
  const words = Object.keys(of === 'account' ? ACCOUNT_WORDS : JOB_WORDS);
  const where = `${of} "${name}"`;
  for (const { key, at } of map.entries) {
    const option = key.replaceAll('_', '-');
    if (known.has(key) || words.includes(key) || !(option in command.options)) continue;
    const why = NOT_IN_JOBS[option] ?? (of === 'job' ? 'it belongs to the account' : 'each job has its own');
    if (jobWord(option) === key) throw configError(at, `"${key}" cannot stand in ${where}: ${why}.`);
  }
  requireKnownKeys(map, [...words, ...known.keys()], where);
  return map.entries.flatMap(({ key, node }) => {
    const found = known.get(key);
    if (!found) return [];
    const value = settingOf(node, found.option, command.negatable?.includes(found.name) === true);
    const isPath = PATHS.includes(found.name) && typeof value === 'string';
    return [{ option: found.name, value: isPath ? pathFrom(dir, value) : value, at: node.at }];
  });
}

function settingOf(node: Node, option: Command['options'][string], isNegatable: boolean): string | boolean {
  if (option.type === 'boolean') return oneOf(node, [true, false]);
  if (option.choices) return oneOf(node, option.choices.map(String));
  if (isNegatable && node.kind === 'scalar' && node.value === false) return false;
  return asText(node, 'a value');
}

/** Reads all options of a job as `run` does, and finds the one that it refuses: without it, `run` says something else. */
function checkTogether(settings: readonly Setting[], check: ParseJobFileOptions['check']): void {
  const faultOf = (some: readonly Setting[]): string | undefined => {
    try {
      check(textsOf(some));
      return undefined;
    } catch (error) {
      if (error instanceof RunError) return error.message;
      throw error;
    }
  };
  const fault = faultOf(settings);
  if (fault === undefined) return;
  const culprit = settings.find((one) => faultOf(settings.filter((other) => other !== one)) !== fault);
  if (!culprit) throw new RunError('ERR_CONFIG', fault);
  throw configError(
    culprit.at,
    fault.replace(/--([a-z][a-z-]*)/g, (_whole, option: string) => jobWord(option)),
  );
}

function textsOf(settings: readonly Setting[]): OptionTexts {
  return Object.fromEntries(settings.map(({ option, value }) => [option, value]));
}

/** Each run replaces the whole file: that of another job would be lost. */
function refuseSharedMetrics(jobs: readonly JobSettings[]): void {
  const owners = new Map<unknown, string>();
  for (const { name, options, places } of jobs) {
    const file = options['metrics-file'];
    const other = owners.get(file);
    if (file !== undefined && other !== undefined) {
      throw configError(
        places.get('metrics_file') ?? name,
        `job "${other}" writes this metrics file, too. Give each job one of its own.`,
      );
    }
    owners.set(file, name);
  }
}

function pathFrom(dir: string, path: string): string {
  return shownPath(resolve(dir, path));
}
