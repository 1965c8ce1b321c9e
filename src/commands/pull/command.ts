import type { Command } from '../command.ts';
import { usage } from '../parse-values.ts';
import { createArgsReader, optional } from '../read-args.ts';
import { GROUPS, readRate, readSending, readTelling, SHARED } from '../shared-options.ts';
import type { PullOptions } from './pull-options.ts';

/** Reads the account's contacts into the state. */
export const pull: Command = {
  usage: 'pull',
  describe: "Read the account's contacts, so that a run knows them and sends only what differs",
  readsEnvironment: true,
  options: {
    state: {
      type: 'string',
      group: GROUPS.changes,
      describe: 'Directory of the state; the same as of the runs that shall use it [default: runs/.state]',
    },
    'base-url': SHARED['base-url'],
    rate: SHARED.rate,
    'max-rate': SHARED['max-rate'],
    'max-attempts': {
      type: 'string',
      default: '6',
      group: GROUPS.sending,
      describe: 'Attempts per page; throttled answers do not count',
    },
    timeout: SHARED.timeout,
    'outage-budget': SHARED['outage-budget'],
    'wait-lock': SHARED['wait-lock'],
    json: SHARED.json,
    progress: SHARED.progress,
    'log-level': SHARED['log-level'],
    'log-format': SHARED['log-format'],
  },
  examples: [
    ['$0 pull', 'read all contacts into the state; after a crash, the same command continues the pull'],
    ['$0 pull --rate 50', 'faster: 100,000 contacts are 6,667 requests'],
  ],
  topics: ['state', 'options'],
  async run(args, host) {
    const { pullContacts: read } = await import('./pull.ts');
    return read(readOptions(args, host.stderr.isTTY === true), host);
  },
};

// --- internal ---

function readOptions(args: Readonly<Record<string, unknown>>, isTerminal: boolean): PullOptions {
  const reader = createArgsReader(args);
  if (args['state'] === false) throw usage('pull reads the account into a state: leave out --no-state');
  return {
    ...optional('state', reader.text('state')),
    ...readRate(reader),
    ...readSending(reader),
    ...readTelling(reader, isTerminal),
  };
}
