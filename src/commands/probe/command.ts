import type { Command } from '../command.ts';
import { parseRate, usage } from '../parse-values.ts';
import { createArgsReader, optional } from '../read-args.ts';
import { GROUPS, readSending, readTelling, SHARED } from '../shared-options.ts';
import type { ProbeOptions } from './probe-options.ts';

const PROBING = 'Probing:';

/** Learns by experiment what LiveDesk leaves undocumented. */
export const probe: Command = {
  usage: 'probe',
  describe: 'Check the credentials, and learn on one contact what the API leaves undocumented',
  readsEnvironment: true,
  options: {
    contact: {
      type: 'string',
      group: PROBING,
      describe: 'Id of a contact that may be used; best one with an e-mail and attributes. It is put back',
    },
    'read-only': {
      type: 'boolean',
      default: false,
      group: PROBING,
      describe: 'Send GET alone; what takes a write is not learnt',
    },
    'test-key': {
      type: 'string',
      group: PROBING,
      describe:
        'Custom attribute that may be set, cleared and deleted. If the contact does not have it, it may stay, emptied',
    },
    restore: {
      type: 'string',
      group: PROBING,
      describe: 'Put the contact in that file back, after a probe that was cut off',
    },
    state: {
      type: 'string',
      group: PROBING,
      describe:
        'Directory of the state, to leave what was found in [default: runs/.state if it is there, else livedesk-contact-sync in $XDG_STATE_HOME or ~/.local/state]',
    },
    'base-url': SHARED['base-url'],
    rate: { ...SHARED.rate, default: '2', describe: 'Requests per second, retries included, or "unlimited"' },
    'max-attempts': {
      type: 'string',
      default: '6',
      group: GROUPS.sending,
      describe: 'Attempts per request; throttled answers do not count',
    },
    timeout: SHARED.timeout,
    'outage-budget': { ...SHARED['outage-budget'], default: '2m' },
    'wait-lock': SHARED['wait-lock'],
    json: SHARED.json,
    'log-level': SHARED['log-level'],
    'log-format': SHARED['log-format'],
  },
  examples: [
    ['$0 probe --contact 318763 --read-only', 'check the credentials, and what reads tell'],
    ['$0 probe --contact 318763', 'the rest, too, with one or two writes of its own values'],
  ],
  topics: ['rehearsal', 'options'],
  async run(args, host) {
    const { probeAccount: learn } = await import('./probe.ts');
    return learn(readOptions(args, host.stderr.isTTY === true), host);
  },
};

// --- internal ---

function readOptions(args: Readonly<Record<string, unknown>>, isTerminal: boolean): ProbeOptions {
  const read = createArgsReader(args);
  const contactId = read.given('contact', parseContactId);
  const restore = read.text('restore');
  const testKey = read.given('test-key', parseTestKey);
  const readOnly = read.flag('read-only') ?? false;
  if (contactId === undefined && restore === undefined) {
    throw usage('which contact? Offer one with --contact ID; it is put back as it was.');
  }
  if (restore !== undefined && (readOnly || testKey !== undefined)) {
    throw usage('--restore goes with neither --read-only nor --test-key');
  }
  if (readOnly && testKey !== undefined) throw usage('--read-only and --test-key exclude each other');
  const { progress: _, ...telling } = readTelling(read, isTerminal);
  return {
    ...optional('contactId', contactId),
    ...optional('restore', restore),
    ...optional('testKey', testKey),
    ...optional('state', read.text('state')),
    readOnly,
    rate: read.need('rate', parseRate),
    ...readSending(read),
    ...telling,
  };
}

/** A contact id: digits, within the safe integers (livedesk-api.md trap 34). */
function parseContactId(option: string, text: string): number {
  const id = /^[1-9]\d*$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id))
    throw usage(`--${option} takes the id of a contact, not ${JSON.stringify(text)}`);
  return id;
}

/** The name of a custom attribute, with or without `custom_attributes.` before it. */
function parseTestKey(option: string, text: string): string {
  const key = text.trim().replace(/^custom_attributes\./, '');
  if (key === '' || key === '__proto__' || key.length > 255) {
    throw usage(`--${option} takes the name of a custom attribute, not ${JSON.stringify(text)}`);
  }
  return key;
}
