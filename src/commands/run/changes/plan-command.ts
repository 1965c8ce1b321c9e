import type { Host } from '../../../core/host.ts';
import type { OptionSources } from '../../../core/option-sources.ts';
import type { Command } from '../../command.ts';
import { usage } from '../../parse-values.ts';
import { createArgsReader } from '../../read-args.ts';
import { GROUPS } from '../../shared-options.ts';
import { completedByJob, recallRunOptions, run } from '../command.ts';
import { knownTo, optionsWithout } from './derived-options.ts';

/** Options of `run` that a plan, which sends nothing and is begun anew, has no use for. */
const OF_SENDING = [
  'resume',
  'retry',
  'corrected',
  'continue',
  'older-data',
  'all-jobs',
  'parallel',
  'dry-run',
  'read-first',
  'undoable',
  'pull-every',
  'max-changes',
  'show',
  'accept-drift',
  'keep',
  'keep-personal',
  'metrics-file',
  'notify-format',
];

/** Shows what a run would change, before anything is sent. */
export const plan: Command = {
  usage: 'plan [input..]',
  describe: 'Read the contacts that would change and write what each holds and would hold, to be approved',
  readsEnvironment: true,
  positionals: run.positionals ?? {},
  options: {
    ...optionsWithout(run.options, OF_SENDING),
    full: {
      ...run.options['full'],
      describe: 'Read the contact of every row, whatever the state says',
    },
    check: {
      type: 'string',
      group: GROUPS.changes,
      describe: 'Read the contacts of that plan.jsonl: exit 0 if all hold what it says, 1 if not',
    },
  },
  negatable: run.negatable ?? [],
  examples: [
    ['$0 plan crm.csv -m mapping.yaml', 'writes plan.jsonl into a run directory; sends nothing'],
    ['$0 report runs/latest/plan.jsonl', 'a page of it, for the person who approves it'],
    ['$0 plan --check plan.jsonl', 'after apply: proves that every contact is as planned'],
  ],
  topics: ['migration', 'options', 'mapping', 'errors'],
  async run(args, host, given = { flags: {}, environment: {} }) {
    const named = (Array.isArray(args['input']) ? args['input'] : []).map(String);
    const check = createArgsReader(args).text('check');
    if (check !== undefined) requireNothingBeside(check, named, given);
    const inputs = check === undefined ? named : [];
    const taken = await completedByJob({ given, inputs, host });
    return planOrCheck(taken.given, check === undefined ? taken.inputs : [check], taken.host, check).catch(
      (error) => {
        throw taken.inWordsOfJob?.(error) ?? error;
      },
    );
  },
};

// --- internal ---

/** A check reads the plan in the place of an input. */
function requireNothingBeside(
  check: string,
  named: readonly string[],
  { flags, environment }: OptionSources,
): void {
  const isOfEnvironment = named.join(' ') === (environment['input'] ?? '');
  if (!isOfEnvironment || flags['mapping'] !== undefined) {
    throw usage(
      '--check names a plan, which says itself what its contacts are to hold: name no input and no mapping',
    );
  }
  if (check === '-') throw usage('--check reads a plan twice: name the file');
}

/** Plans what the inputs would change, or checks the one input, which is a plan. */
async function planOrCheck(
  given: OptionSources,
  inputs: readonly string[],
  host: Host,
  check: string | undefined,
): Promise<number> {
  const options = await recallRunOptions(knownTo(plan, given), inputs, host.stderr.isTTY === true);
  const { runCommand } = await import('../run-command.ts');
  if (check === undefined) return runCommand({ ...options, command: 'plan', dryRun: true }, host);
  const [{ readChangesHeader }, { changesOptions }] = await Promise.all([
    import('../../../journal/change-file.ts'),
    import('./changes-options.ts'),
  ]);
  const {
    minRows: _,
    state: __,
    ...checking
  } = changesOptions(options, 'apply', await readChangesHeader(check));
  // the contacts alone are asked
  return runCommand({ ...checking, command: 'check', dryRun: true, spool: false, noState: true }, host);
}
