import type { Options } from 'yargs';
import type { Host } from '../../core/host.ts';
import type { EmulatorOptions } from '../../emulator/options.ts';

/** The options of `emulate`: one for every switch of the emulator. */
export const EMULATE_OPTIONS = {
  port: { type: 'number', default: 3999, describe: 'port on 127.0.0.1; 0 takes any free one' },
  'api-key': { type: 'string', describe: 'key to accept [LIVEDESK_API_KEY, else demo-key]' },
  'api-secret': { type: 'string', describe: 'secret to accept [LIVEDESK_API_SECRET, else demo-secret]' },
  contacts: { type: 'number', default: 1000, describe: 'how many contacts to make up' },
  'first-id': { type: 'number', default: 1, describe: 'id of the first contact' },
  seed: { type: 'number', default: 1, describe: 'of made-up contacts, latency and faults' },
  'shared-phones': {
    type: 'number',
    default: 0,
    describe: 'pairs of contacts with one phone: 422 on any PATCH',
  },
  imported: {
    type: 'number',
    array: true,
    default: [],
    describe: 'so many contacts came with one CSV import: one created_at for all; may be repeated',
  },
  'null-attributes-of': {
    type: 'number',
    array: true,
    default: [],
    describe: 'ids of contacts whose attributes are null, as in old rows: a PATCH of them is a 500',
  },
  limit: {
    type: 'string',
    default: '3000/1m',
    describe: 'requests per window, like 500/1s; 150/1s:300 is a bucket that holds 300; or none',
  },
  'search-limit': { type: 'string', default: '100/1m', describe: 'searches per window, or none' },
  'throttle-mode': {
    choices: ['text', 'retry-after', 'json', 'bad-request', 'ok', 'unavailable'],
    default: 'text',
    describe: 'answer over the limit: 429 bare, with Retry-After, as JSON; 400, 200 or 503 instead',
  },
  latency: { type: 'string', default: '0', describe: 'time to answer, like 50ms or 20-200ms' },
  'write-delay': {
    type: 'string',
    default: '0',
    describe: 'between reading and writing a contact, unlocked',
  },
  fault: {
    type: 'string',
    array: true,
    default: [],
    describe: 'share of requests that go wrong, like 500=2% or reset-after=1%; may be repeated',
  },
  'contact-fault': {
    type: 'string',
    array: true,
    default: [],
    describe: 'faults of one contact, like 17=500,502 in order or 17=403* always; may be repeated',
  },
  impostor: { choices: ['login-page', 'redirect', 'spa'], describe: 'what answers in place of LiveDesk' },
  down: { type: 'boolean', default: false, describe: 'drop every connection until switched back' },
  'additional-attributes': {
    choices: ['merge', 'replace'],
    default: 'merge',
    describe: 'what a PATCH of additional_attributes does to the other keys',
  },
  'phone-pattern': {
    choices: ['anchored', 'unanchored'],
    default: 'unanchored',
    describe: 'how strict phones are',
  },
  'auth-body': {
    choices: ['error', 'errors', 'code', 'empty'],
    default: 'error',
    describe: 'shape of a 401',
  },
  'method-not-allowed': {
    choices: [404, 405],
    default: 404,
    describe: 'status for a method that is not there',
  },
  'page-size': {
    choices: ['ignored', 'honoured'],
    default: 'ignored',
    describe: 'the page_size of a listing',
  },
  'id-prefix-cast': { type: 'boolean', default: false, describe: 'take 12abc for contact 12' },
  'page-size-max': { type: 'number', default: 1000, describe: 'the largest page_size that is honoured' },
  'show-contact': { type: 'boolean', default: false, describe: 'serve GET of one contact' },
  'patch-answer': {
    choices: ['stored', 'no-custom-attributes', 'before'],
    default: 'stored',
    describe: 'what a PATCH answers with: the contact as it is now, without custom_attributes, as it was',
  },
  'null-attribute': {
    choices: ['stored', 'deletes', 'ignored'],
    default: 'stored',
    describe: 'what null does to a custom attribute',
  },
  'not-found': {
    choices: ['error', 'code'],
    default: 'error',
    describe: 'a contact that is not there: 404, or 400 with a code',
  },
  search: { choices: ['substring', 'ignored'], default: 'substring', describe: 'what q does to a listing' },
  'search-scope': {
    choices: ['resolved', 'all', 'leads'],
    default: 'resolved',
    describe: 'contacts that are searched: with a key, all, or leads, which are all that lists show then',
  },
  'search-company': { type: 'boolean', default: true, describe: 'search the company, too' },
  'search-count': {
    choices: ['total', 'page'],
    default: 'total',
    describe: 'what count of a search is: all hits, or those of the page',
  },
  ties: {
    choices: ['per-page', 'stable'],
    default: 'per-page',
    describe: 'order among equal sort keys: another one on each page, as databases do, or always the same',
  },
  'sort-keys': {
    choices: ['several', 'first', 'ignored', 'refused'],
    default: 'several',
    describe: 'what sort=a,b does: sort by both, by the first, not at all, or a 422',
  },
  'synced-columns': {
    choices: ['on', 'off'],
    default: 'on',
    describe: 'a save copies city and country into columns: over 255 characters, the next PATCH is a 422',
  },
  inbox: {
    type: 'string',
    array: true,
    default: [],
    describe:
      'an inbox and its kind, like 600=email, of web, api, email, whatsapp, unsupported; may be repeated',
  },
  'create-attributes': {
    choices: ['taken', 'dropped'],
    default: 'taken',
    describe: 'what a creation does with attributes',
  },
  'filter-contacts': { type: 'boolean', default: false, describe: 'serve POST contacts/filter' },
  'destroy-attributes': {
    type: 'boolean',
    default: false,
    describe: 'serve POST contacts/:id/destroy_custom_attributes',
  },
  'limit-headers': {
    type: 'boolean',
    default: false,
    describe: 'tell with every answer how much of the limit is left',
  },
  quiet: { type: 'boolean', default: false, describe: 'do not print what is asked' },
} as const satisfies Record<string, Options>;

/** What the emulator is started with. @throws RunError `ERR_EMULATOR_OPTION` for a text that cannot be read. */
export async function emulatorOptions(
  args: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<EmulatorOptions> {
  const { parseContactFaults, parseFaults, parseInboxes, parseLatency, parseRequestLimit } = await import(
    '../../emulator/switch-text.ts'
  );
  const text = (name: keyof typeof EMULATE_OPTIONS) => String(args[name]);
  const list = (name: keyof typeof EMULATE_OPTIONS) => [args[name] ?? []].flat().map(String);
  const switches = {
    port: args['port'],
    apiKey: args['api-key'] ?? host.env['LIVEDESK_API_KEY'],
    apiSecret: args['api-secret'] ?? host.env['LIVEDESK_API_SECRET'],
    contacts: args['contacts'],
    firstId: args['first-id'],
    seed: args['seed'],
    sharedPhones: args['shared-phones'],
    imported: args['imported'],
    nullAttributesOf: args['null-attributes-of'],
    limit: parseRequestLimit('limit', text('limit')),
    searchLimit: parseRequestLimit('search-limit', text('search-limit')),
    throttleMode: args['throttle-mode'],
    latencyMs: parseLatency('latency', text('latency')),
    writeDelayMs: parseLatency('write-delay', text('write-delay'))[0],
    faults: parseFaults('fault', list('fault')),
    contactFaults: parseContactFaults('contact-fault', list('contact-fault')),
    impostor: args['impostor'] ?? null,
    down: args['down'],
    additionalAttributes: args['additional-attributes'],
    phonePattern: args['phone-pattern'],
    authBody: args['auth-body'],
    methodNotAllowed: args['method-not-allowed'],
    pageSize: args['page-size'],
    idPrefixCast: args['id-prefix-cast'],
    showContact: args['show-contact'],
    pageSizeMax: args['page-size-max'],
    patchAnswer: args['patch-answer'],
    nullAttribute: args['null-attribute'],
    notFound: args['not-found'],
    search: args['search'],
    searchScope: args['search-scope'],
    searchCompany: args['search-company'],
    searchCount: args['search-count'],
    ties: args['ties'],
    sortKeys: args['sort-keys'],
    syncedColumns: args['synced-columns'],
    inboxes: parseInboxes('inbox', list('inbox')),
    createAttributes: args['create-attributes'],
    filterContacts: args['filter-contacts'],
    destroyAttributes: args['destroy-attributes'],
    limitHeaders: args['limit-headers'],
    clock: host.clock,
  };
  // startEmulator checks every one of them
  return Object.fromEntries(
    Object.entries(switches).filter(([, value]) => value !== undefined),
  ) as EmulatorOptions;
}
