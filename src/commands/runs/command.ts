import type { Command } from '../command.ts';
import { parseLimit } from '../parse-values.ts';
import { createArgsReader, optional } from '../read-args.ts';

/** Lists runs and what is kept between them. */
export const runs: Command = {
  usage: 'runs [dir]',
  describe: 'List runs: when, which job, how they ended, bad rows, what to type next; and the state',
  positionals: { dir: { type: 'string', describe: 'Folder of run directories [default: runs]' } },
  options: {
    job: { type: 'string', describe: 'List the runs of that job only' },
    limit: { type: 'string', default: '20', describe: 'The newest N runs, or "all"' },
    state: { type: 'string', describe: 'Directory of the state [default: runs/.state]' },
    json: { type: 'boolean', default: false, describe: 'Print everything as one JSON object' },
  },
  examples: [
    ['$0 runs', 'the newest 20 runs below runs/, and the state in runs/.state'],
    ['$0 runs --job nightly-crm --limit 7', 'a week of one job'],
    ['$0 runs --json', 'for a script'],
  ],
  topics: ['nightly', 'results'],
  async run(args, host) {
    const { text, need, flag } = createArgsReader(args);
    const { listAllRuns } = await import('./list-all-runs.ts');
    return listAllRuns(
      {
        ...optional('dir', text('dir')),
        ...optional('job', text('job')),
        ...optional('state', text('state')),
        limit: need('limit', parseLimit),
        json: flag('json') ?? false,
      },
      host,
    );
  },
};
