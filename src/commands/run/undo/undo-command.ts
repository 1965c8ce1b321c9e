import { basename } from 'node:path';
import type { Command } from '../../command.ts';
import { usage } from '../../parse-values.ts';
import { createArgsReader } from '../../read-args.ts';
import { GROUPS } from '../../shared-options.ts';
import { knownTo, optionsWithout } from '../changes/derived-options.ts';
import { recallRunOptions, run } from '../command.ts';

/** Options of `run` that say what is read and compared, or that the run which is undone has decided. */
const DECIDED = [
  ...['mapping', 'format', 'encoding', 'delimiter', 'quote', 'skip-rows', 'skip-footer', 'min-rows'],
  ...['shard', 'spool', 'resume', 'retry', 'corrected', 'continue', 'older-data'],
  ...['job', 'all-jobs', 'config', 'parallel'],
  ...['full', 'read-first', 'undoable', 'pull-every', 'max-changes', 'show', 'search-rate', 'accept-drift'],
];

/** Takes back what a run has changed. */
export const undo: Command = {
  usage: 'undo <run>',
  describe: 'Put back what a run changed, where nothing has changed since',
  readsEnvironment: true,
  positionals: {
    run: {
      type: 'string',
      describe: 'A run that was begun with --undoable: its directory, or its name below runs/',
    },
  },
  options: {
    contact: {
      type: 'string',
      array: true,
      group: GROUPS.reading,
      describe: 'Put back that contact alone, by its id; may be given several times',
    },
    field: {
      type: 'string',
      array: true,
      group: GROUPS.reading,
      describe: 'Put back that field alone, as in custom_attributes.tier; may be given several times',
    },
    'older-data': {
      type: 'boolean',
      default: false,
      group: GROUPS.goingOn,
      describe: 'Put back also what a later run sent or confirmed, if it still is what the undone run wrote',
    },
    ...optionsWithout(run.options, DECIDED),
  },
  negatable: run.negatable ?? [],
  examples: [
    ['$0 undo latest --dry-run', 'how much would go back'],
    ['$0 undo 2026-11-28T020000Z-crm-3fa9', 'put back what that run changed'],
    ['$0 undo latest --field custom_attributes.tier', 'of that field alone'],
  ],
  topics: ['migration', 'results', 'errors'],
  async run(args, host, given = { flags: {}, environment: {} }) {
    const read = createArgsReader(args);
    const [{ findWrittenRun, runName }, { readRunHeader }, { runCommand }] = await Promise.all([
      import('../../../journal/find-run.ts'),
      import('../../../journal/read-journal.ts'),
      import('../run-command.ts'),
    ]);
    const contacts = listOf(args['contact']).map(contactId);
    const fields = listOf(args['field']);
    const dir = await findWrittenRun(read.text('run') ?? '');
    const header = await readRunHeader(dir);
    const own = knownTo(undo, given);
    const kept = {
      ...own,
      flags: { ...without(own.flags, ['contact', 'field', 'older-data']), undoable: true },
    };
    const options = await recallRunOptions(
      kept,
      [`undo-${basename(runName(dir))}`],
      host.stderr.isTTY === true,
    );
    return runCommand(
      {
        ...options,
        command: 'undo',
        undo: {
          run_id: header.run_id,
          dir,
          ...(contacts.length > 0 ? { contacts } : {}),
          ...(fields.length > 0 ? { fields } : {}),
          ...(args['older-data'] === true ? { older_data: true } : {}),
        },
      },
      host,
    );
  },
};

// --- internal ---

function listOf(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

function contactId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(id) && id > 0) return id;
  throw usage(`--contact ${text}: an id of a contact is a whole number above 0`);
}

function without<T>(options: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}
