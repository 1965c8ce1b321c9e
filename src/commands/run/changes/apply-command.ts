import { RunError } from '../../../core/errors.ts';
import type { OptionSources } from '../../../core/option-sources.ts';
import type { Command } from '../../command.ts';
import { createArgsReader } from '../../read-args.ts';
import { recallRunOptions, run } from '../command.ts';
import { knownTo, optionsWithout } from './derived-options.ts';

/** Options of `run` that say how inputs are read, or that a plan has decided already. */
const DECIDED = [
  'mapping',
  'format',
  'encoding',
  'delimiter',
  'quote',
  'skip-rows',
  'skip-footer',
  'min-rows',
  'spool',
  'resume',
  'retry',
  'corrected',
  'older-data',
  'job',
  'all-jobs',
  'config',
  'parallel',
  'full',
  'read-first',
  'pull-every',
  'max-changes',
  'show',
  'search-rate',
  'accept-drift',
];

/** Sends what a plan says. */
export const apply: Command = {
  usage: 'apply <plan>',
  describe: 'Send what a plan says, and nothing else',
  readsEnvironment: true,
  positionals: {
    plan: { type: 'string', describe: 'plan.jsonl that `plan` wrote' },
  },
  options: optionsWithout(run.options, DECIDED),
  negatable: run.negatable ?? [],
  examples: [
    ['$0 apply runs/latest/plan.jsonl --limit 10', 'try ten contacts, then go on with run --resume'],
    ['$0 apply plan.jsonl --rate 50', 'send the fields and values of the plan'],
  ],
  topics: ['migration', 'options', 'errors'],
  async run(args, host, given = { flags: {}, environment: {} }) {
    const plan = createArgsReader(args).text('plan') ?? '';
    if (plan === '-') {
      throw new RunError(
        'ERR_USAGE',
        'a plan is checked to its end before its first line is sent: name the file',
      );
    }
    const own: OptionSources = knownTo(apply, given);
    const options = await recallRunOptions(own, [plan], host.stderr.isTTY === true);
    const [{ readChangesHeader }, { changesOptions }, { runCommand }] = await Promise.all([
      import('../../../journal/change-file.ts'),
      import('./changes-options.ts'),
      import('../run-command.ts'),
    ]);
    return runCommand(changesOptions(options, 'apply', await readChangesHeader(plan)), host);
  },
};
