import type { Command } from '../command.ts';
import { JOB_FILE, JOB_NAME } from '../job-options.ts';
import { usage } from '../parse-values.ts';
import { createArgsReader, optional } from '../read-args.ts';
import { readInput, SHARED } from '../shared-options.ts';

/** Drafts a mapping from the header and a sample of an input. */
export const init: Command = {
  usage: 'init <input>',
  describe: 'Draft a mapping from the header and a sample of a file',
  positionals: {
    input: { type: 'string', describe: 'CSV or JSONL file, gzip too; - is stdin' },
  },
  options: {
    output: {
      alias: 'o',
      type: 'string',
      describe:
        'File to write the mapping to; - is stdout [default: mapping.yaml; of a job NAME.mapping.yaml]',
    },
    job: {
      type: 'string',
      describe: 'Write a job of that name, too, into the file of jobs',
    },
    config: {
      type: 'string',
      default: JOB_FILE,
      describe: 'With --job: the file of jobs; a job is added to one that is there',
    },
    force: { type: 'boolean', default: false, describe: 'Overwrite a file that is there' },
    format: SHARED.format,
    encoding: SHARED.encoding,
    delimiter: SHARED.delimiter,
    quote: SHARED.quote,
    'skip-rows': SHARED['skip-rows'],
    'skip-footer': SHARED['skip-footer'],
  },
  examples: [
    ['$0 init crm.csv', 'write mapping.yaml: what is recognised, and the rest as comments'],
    ['$0 init crm.csv --output -', 'look at it first'],
    ['$0 init crm.csv --job nightly-crm', 'the mapping, and a job in livedesk-sync.yaml'],
  ],
  topics: ['mapping', 'jobs', 'options'],
  async run(args, host) {
    const { initMapping: draft } = await import('./init.ts');
    const reader = createArgsReader(args);
    return draft(
      {
        input: String(args['input']),
        ...optional('output', reader.text('output')),
        ...optional('job', reader.given('job', parseJobName)),
        config: reader.need('config', (_option, value) => value),
        force: reader.flag('force') ?? false,
        ...readInput(reader),
      },
      host,
    );
  },
};

// --- internal ---

function parseJobName(option: string, text: string): string {
  if (JOB_NAME.test(text)) return text;
  throw usage(
    `--${option} takes a name of up to 64 letters, digits, dots, dashes and underscores that begins with a letter or digit, and not "auto"; it cannot be ${JSON.stringify(text)}`,
  );
}
