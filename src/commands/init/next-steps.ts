import { resolve } from 'node:path';
import { type CommandOptions, commandText } from '../../core/command-text.ts';
import { shownPath } from '../../core/shell-text.ts';
import type { Draft } from '../../mapping/draft/draft.ts';
import { JOB_FILE } from '../job-options.ts';
import type { FileWithJob } from './add-job.ts';
import type { InitOptions } from './init-options.ts';
import type { InputSample } from './read-sample.ts';

export interface Drafted {
  readonly draft: Draft;
  readonly sample: InputSample;
  /** As given, with how the input was read in the end. */
  readonly options: InitOptions & { readonly output: string };
  /** Whether the encoding was guessed. */
  readonly isGuessed: boolean;
  /** Where a job was written, too; its files as the file of jobs reaches them. */
  readonly withJob:
    | (FileWithJob & { readonly apiKeyFile: string; readonly apiSecretFile: string })
    | undefined;
}

/** What was written, and the commands that come next. */
export function nextSteps({ draft, sample, options, isGuessed, withJob }: Drafted): string {
  const { output, encoding } = options;
  const { product, fields, rest } = draft;
  const rows = sample.rows.length;
  const columns = fields.length + rest.length;
  const where = output === '-' ? 'The draft' : shownPath(resolve(output));
  const mapping = output === '-' ? 'mapping.yaml' : shownPath(resolve(output));
  const of = product === undefined ? '' : `, an export of ${product} by its columns`;
  const blanks = fields
    .filter(({ blank }) => blank !== undefined)
    .map(({ path, blank }) => `${path} (${blank?.option})`);
  const run = runCommands(options, mapping);
  return [
    `${where} maps ${fields.length} of ${columns} fields from ${rows} sampled ${rows === 1 ? 'row' : 'rows'}${of}; the others are comments in it.`,
    ...(blanks.length > 0 ? [`To fill in: ${blanks.join(', ')}.`] : []),
    ...(sample.likelyEncoding === undefined
      ? []
      : [
          `Rows that are not UTF-8 were left out; they look like ${sample.likelyEncoding}. Say --encoding ${sample.likelyEncoding}.`,
        ]),
    ...(isGuessed
      ? [`It is not UTF-8 and was read as ${encoding}; look whether names with accents are right.`]
      : []),
    ...(withJob ? jobLines(options, withJob) : []),
    output === '-'
      ? `Next: save it as ${mapping} and read it, then see what would be sent:`
      : 'Next: read it, then see what would be sent:',
    `  ${run({ 'dry-run': true })}`,
    'and try a few rows for real:',
    `  ${run({ limit: 10 })}`,
    ...(withJob ? ['and every night:', `  ${run({})}`] : []),
    '',
  ].join('\n');
}

// --- internal ---

/** Makes commands of `run` with all that they need: a job has it in its file. */
function runCommands(options: Drafted['options'], mapping: string): (more: CommandOptions) => string {
  const { input, job, config, format, encoding, delimiter, quote, skipRows, skipFooter } = options;
  if (job !== undefined) {
    const file = shownPath(resolve(config)) === JOB_FILE ? {} : { config: shownPath(resolve(config)) };
    return (more) => commandText('run', [], { job, ...file, ...more });
  }
  const reading = { format, encoding, delimiter, quote, 'skip-rows': skipRows, 'skip-footer': skipFooter };
  return (more) => commandText('run', [input], { mapping, ...reading, ...more });
}

function jobLines(
  { job, config }: InitOptions,
  { account, isNewAccount, apiKeyFile, apiSecretFile }: NonNullable<Drafted['withJob']>,
): string[] {
  const made = `${shownPath(resolve(config))} has the job ${job}, of the account ${account}`;
  return [
    isNewAccount
      ? `${made}: write its key into ${apiKeyFile} and its secret into ${apiSecretFile}, beside that file.`
      : `${made}, the first one there; write another if it is not the right one.`,
  ];
}
