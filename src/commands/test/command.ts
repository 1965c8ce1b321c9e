import type { Command } from '../command.ts';

/** Checks mappings against their own examples. */
export const test: Command = {
  usage: 'test [file..]',
  describe: 'Check mappings against their own examples, mapping.test.yaml beside mapping.yaml',
  positionals: {
    file: {
      type: 'string',
      array: true,
      describe: 'Mappings, or files of examples [default: every *.test.yaml in this directory]',
    },
  },
  options: {},
  examples: [
    ['$0 test', 'check every mapping of this directory that has examples'],
    ['$0 test mapping.yaml', 'check this one against mapping.test.yaml'],
  ],
  topics: ['mapping', 'nightly'],
  async run(args, host) {
    const { testMappings } = await import('./test-mappings.ts');
    return testMappings((Array.isArray(args['file']) ? args['file'] : []).map(String), host);
  },
};
