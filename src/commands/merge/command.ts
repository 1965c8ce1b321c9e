import type { Command } from '../command.ts';
import { parseShare, usage } from '../parse-values.ts';
import { createArgsReader, optional } from '../read-args.ts';
import { GROUPS, SHARED } from '../shared-options.ts';

/** Joins the runs of shards. */
export const merge: Command = {
  usage: 'merge [dir..]',
  describe: 'Join the runs of all shards into one, and prove that every row has one outcome',
  positionals: {
    dir: { type: 'string', array: true, describe: 'Run directories of the shards, in any order' },
  },
  options: {
    'run-dir': {
      alias: 'o',
      type: 'string',
      group: GROUPS.telling,
      describe: 'Directory for the joined run [default: runs/<time>-<input>-merged-<hex>]',
    },
    'accept-bad-rows': {
      type: 'string',
      group: GROUPS.stopping,
      describe: 'Bad rows that a good job may have, N or N% [default: what the shards were given]',
    },
    json: SHARED.json,
  },
  examples: [['$0 merge runs/*of4* -o runs/tonight', 'exit 0 if proven, else 1 with the rows that lack']],
  topics: ['machines', 'options'],
  async run(args, host) {
    const { text, flag, given } = createArgsReader(args);
    const dirs = (Array.isArray(args['dir']) ? args['dir'] : []).map(String);
    const { mergeShards: join } = await import('./merge.ts');
    if (dirs.length === 0) throw usage('which runs? Name the run directories of all shards.');
    return join(
      {
        dirs,
        ...optional('runDir', text('run-dir')),
        ...optional('acceptBadRows', given('accept-bad-rows', parseShare)),
        json: flag('json') ?? false,
      },
      host,
    );
  },
};
