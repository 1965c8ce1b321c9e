import type { JsonObject } from '../../core/types.ts';
import { choice, described, TEXT, TRUE_OR_FALSE } from '../../mapping/schema/parts.ts';
import type { Command } from '../command.ts';
import { ACCOUNT_WORDS, FILE_WORDS, JOB_NAME, JOB_WORDS, jobOptions } from '../job-options.ts';

/**
 * The JSON Schema (draft 7, which editors know best) of a file of jobs. Made of the declaration of `run`, by which the
 * file is read, too; whether a value is one that its option takes, and whether an account is there, it leaves to `run`.
 */
export function jobsSchema(run: Command): JsonObject {
  const names = { pattern: JOB_NAME.source };
  const account = section(ACCOUNT_WORDS, { api_key_file: TEXT, api_secret_file: TEXT }, run, 'account');
  const inputs: JsonObject = { anyOf: [TEXT, { type: 'array', minItems: 1, items: TEXT }] };
  const job = section(JOB_WORDS, { account: TEXT, input: inputs }, run, 'job');
  const sections: Readonly<Record<keyof typeof FILE_WORDS, JsonObject>> = {
    version: { const: 1 },
    accounts: { type: 'object', minProperties: 1, propertyNames: names, additionalProperties: account },
    jobs: { type: 'object', minProperties: 1, propertyNames: names, additionalProperties: job },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Jobs of livedesk-contact-sync',
    description: 'Accounts, and jobs with their options.',
    type: 'object',
    properties: describedAll(FILE_WORDS, sections),
    required: Object.keys(FILE_WORDS),
    additionalProperties: false,
  };
}

// --- internal ---

type Option = Command['options'][string];

/** An account or a job: its own words, all of them needed, and options of `run`. */
function section<Word extends string>(
  words: Readonly<Record<Word, string>>,
  schemas: Readonly<Record<Word, JsonObject>>,
  run: Command,
  of: 'account' | 'job',
): JsonObject {
  const options = [...jobOptions(run, of)].map(([word, { name, option }]): [string, JsonObject] => [
    word,
    described(valueSchema(option, run.negatable?.includes(name) === true), option.describe ?? ''),
  ]);
  return {
    type: 'object',
    properties: { ...describedAll(words, schemas), ...Object.fromEntries(options) },
    required: Object.keys(words),
    additionalProperties: false,
  };
}

function describedAll<Word extends string>(
  words: Readonly<Record<Word, string>>,
  schemas: Readonly<Record<Word, JsonObject>>,
): JsonObject {
  return Object.fromEntries(
    (Object.keys(words) as Word[]).map((word) => [word, described(schemas[word], words[word])]),
  );
}

function valueSchema({ type, choices }: Option, isNegatable: boolean): JsonObject {
  if (type === 'boolean') return TRUE_OR_FALSE;
  if (choices) return choice(choices.map(String));
  return isNegatable ? { anyOf: [TEXT, { const: false }] } : TEXT;
}
