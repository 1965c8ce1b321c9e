import type { Command } from '../command.ts';
import { createArgsReader } from '../read-args.ts';
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
      default: 'mapping.yaml',
      describe: 'File to write the mapping to; - is stdout',
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
  ],
  topics: ['mapping', 'options'],
  async run(args, host) {
    const { initMapping: draft } = await import('./init.ts');
    const reader = createArgsReader(args);
    return draft(
      {
        input: String(args['input']),
        output: reader.need('output', (_option, value) => value),
        force: reader.flag('force') ?? false,
        ...readInput(reader),
      },
      host,
    );
  },
};
