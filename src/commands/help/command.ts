import { EXIT } from '../../core/errors.ts';
import type { Command } from '../command.ts';

/** Explains a topic that is larger than an option; `help <command>` is the same as `<command> --help`. */
export const help: Command = {
  usage: 'help <topic>',
  describe: 'Explain a topic: the mapping language, or a command',
  positionals: {
    topic: { type: 'string', choices: ['mapping'], describe: 'What to explain; the name of a command, too' },
  },
  options: {
    schema: {
      type: 'boolean',
      default: false,
      describe: 'Print the JSON Schema of mappings instead, for editors and checks',
    },
  },
  examples: [
    ['$0 help mapping', 'targets, types and policies, with an example'],
    ['$0 help mapping --schema > mapping.schema.json', 'let an editor complete and check mappings'],
  ],
  async run(args, host) {
    if (args['schema'] === true) {
      const { mappingSchema } = await import('../../mapping/schema/mapping-schema.ts');
      host.stdout.write(`${JSON.stringify(mappingSchema(), null, 2)}\n`);
    } else {
      const { mappingHelp } = await import('../../mapping/schema/help-text.ts');
      host.stdout.write(mappingHelp(Math.min(host.stdout.columns ?? 100, 110)));
    }
    return EXIT.ok;
  },
};
