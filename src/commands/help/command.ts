import { EXIT } from '../../core/errors.ts';
import type { JsonObject } from '../../core/types.ts';
import { TOPIC_NAMES } from '../../manual/topics.ts';
import type { Command } from '../command.ts';
import { usage } from '../parse-values.ts';

/** Lines longer than that are hard to read, however wide the terminal is. */
const WIDEST = 100;

/** Shows a page of the manual; `help <command>` is the same as `<command> --help`. `commands` are all others. */
export function createHelp(commands: readonly Command[]): Command {
  const help: Command = {
    usage: 'help <topic>',
    describe: 'Show a page of the manual, or the options of a command',
    positionals: {
      topic: {
        type: 'string',
        choices: TOPIC_NAMES,
        describe: 'What to explain; the name of a command, too',
      },
    },
    options: {
      schema: {
        type: 'boolean',
        default: false,
        describe: 'Print the JSON Schema of mappings, or of jobs, instead, for editors and checks',
      },
    },
    examples: [
      ['$0 help nightly', 'from an export to every night'],
      ['$0 help errors | grep -A3 ERR_STORED_RECORD', 'what a code means, and what to do'],
      ['$0 help mapping --schema > mapping.schema.json', 'let an editor complete and check mappings'],
    ],
    topics: ['options'],
    async run(args, host) {
      const topic = TOPIC_NAMES.find((name) => name === args['topic']);
      if (args['schema'] === true) {
        host.stdout.write(`${JSON.stringify(await schemaOf(topic, commands), null, 2)}\n`);
      } else if (topic !== undefined) {
        const { readPage } = await import('./read-page.ts');
        const { renderMarkdown } = await import('./render-markdown.ts');
        const { showText } = await import('./show-text.ts');
        const page = renderMarkdown(await readPage(topic, [...commands, help]), {
          width: Math.min(host.stdout.columns ?? WIDEST, WIDEST),
          styled: host.stdout.isTTY === true && !host.env['NO_COLOR'],
        });
        await showText(page, host);
      }
      return EXIT.ok;
    },
  };
  return help;
}

// --- internal ---

async function schemaOf(topic: string | undefined, commands: readonly Command[]): Promise<JsonObject> {
  if (topic === 'mapping') {
    const { mappingSchema } = await import('../../mapping/schema/mapping-schema.ts');
    return mappingSchema();
  }
  const run = commands.find(({ usage: words }) => words.startsWith('run '));
  if (topic !== 'jobs' || !run) {
    throw usage(`--schema goes with help mapping and help jobs, not with help ${topic}`);
  }
  const { jobsSchema } = await import('./jobs-schema.ts');
  return jobsSchema(run);
}
