import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { sync } from '../helpers/sync.ts';
import { writeInput } from '../helpers/write-input.ts';

const API_KEY = 'key-4f1c9a77d0';
const API_SECRET = 'secret-e83b20615c';
const HEADER = Buffer.from(`${API_KEY}:${API_SECRET}`).toString('base64');
const PERSONAL = [
  ['Wilhelmina', 'Featherstone', 'wilhelmina@featherstone.example', '+4915198765432', 'Obsidian tier'],
  ['Bartholomew', 'Quickenborough', 'barty@quickenborough.example', '+4915187654321', 'Amethyst tier'],
  ['Philippa', 'Ravenscroft', 'not-an-address.ravenscroft', '+4915176543210', 'Malachite tier'],
  ['Leopoldina', 'Marchbanks', 'leo@marchbanks.example', '+4915165432109', 'Carnelian tier'],
  ['Thaddeus', 'Wolverstone', 'taken@everybody.example', '+4915154321098', 'Tourmaline tier'],
  ['Zebulon', 'Yarborough', 'zeb@yarborough.example', 'none-yarborough', 'Peridot tier'],
  ['Ragged', 'Ungainly', 'ragged@ungainly.example', '+4915143210987', 'Sapphire tier', 'one too many'],
] as const;
const MAPPING = `
version: 1
contact_id: contact_id
fields:
  name: "{first} {last}"
  email: { column: email, type: email }
  phone_number: { column: phone, type: phone }
  custom_attributes.tier: tier
  additional_attributes.city: tier
  custom_attributes.source: { value: nightly-export-zirconium }
expect: { identifier: crm_id }
`;

it.each(['trace', 'info'])(
  'no secret and no value of a row leaves the rejects files (--log-level %s)',
  async (level) => {
    const contactList = PERSONAL.map((_, i) => ({ id: i + 1, identifier: `crm-key-${i + 1}` }));
    const emulator = await emulatorHere({
      apiKey: API_KEY,
      apiSecret: API_SECRET,
      contactList: [...contactList, { id: 50, email: 'taken@everybody.example' }],
      contactFaults: { 4: '502' },
    });
    const header = 'contact_id,crm_id,first,last,email,phone,tier';
    const lines = PERSONAL.map((cells, i) =>
      [i === 1 ? 777001 : i + 1, `crm-key-${i + 1}`, ...cells].join(','),
    );
    // the second contact is not there, and the last one belongs to somebody else
    const stranger = '1,crm-key-other,Ottoline,Stranger,otto@stranger.example,+4915132109876,Beryl tier';
    const result = await sync({
      url: emulator.url,
      args: [
        writeInput('contacts.csv', [header, ...lines, stranger, ''].join('\n')),
        ...['-m', writeInput('mapping.yaml', MAPPING)],
        ...['--log-level', level, '--max-attempts', '2'],
      ],
      env: { LIVEDESK_API_KEY: API_KEY, LIVEDESK_API_SECRET: API_SECRET, HTTP_PROXY: undefined },
    });

    expect(result.code).toBe(1);
    expect(result.summary.statuses).toMatchObject({ updated: 1, rejected: 2, failed: 1, invalid: 4 });
    const told = {
      stdout: result.stdout,
      stderr: result.stderr,
      ...Object.fromEntries(result.files.map((name) => [name, result.file(name)])),
    };
    const secrets = [API_KEY, API_SECRET, HEADER];
    const personal = [...PERSONAL.flat(), 'Ottoline', 'Stranger', 'Beryl', '15132109876', 'crm-key-'].map(
      (value) => value.replace(/^\+49/, ''),
    );
    for (const [name, text] of Object.entries(told)) {
      expect([name, secrets.filter((secret) => text.includes(secret))]).toEqual([name, []]);
      if (name.startsWith('rejects')) continue;
      expect([name, personal.filter((value) => text.includes(value))]).toEqual([name, []]);
    }
    // constants of the mapping are its author's, and stand in mapping.json only
    expect(Object.keys(told).filter((name) => told[name as 'stdout'].includes('zirconium'))).toEqual([
      'mapping.json',
    ]);
    expect(told).toHaveProperty(['rejects.csv'], expect.stringContaining('Quickenborough'));
  },
);

const QUOTINGS: readonly (readonly [string, (body: string) => string])[] = [
  ['value by value', (body) => leaves(JSON.parse(body)).join(', ')],
  ['as JSON', (body) => body],
  ['as JSON in ASCII', inAscii],
];
it.each(QUOTINGS)('nor do values that the API quotes back %s', async (_how, quote) => {
  const url = await quotingServer(quote);
  const cells = [
    'Günther "Gino" O\'Brien',
    'gino.obrien@example.org',
    '+49 151 98765432',
    'Line one\nLine two',
    'Ünïcode/Städte',
  ];
  const quoted = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
  const result = await sync({
    url,
    args: [
      writeInput('contacts.csv', `contact_id,name,email,phone,note,city\n318763,${quoted}\n`),
      ...['-m', writeInput('mapping.yaml', QUOTED_MAPPING), '--log-level', 'trace'],
    ],
  });
  expect(result.rows).toMatchObject([{ status: 'rejected', http_status: 422 }]);
  const told = [result.stdout, result.stderr, ...['results.jsonl', 'summary.json'].map(result.file)].join(
    '\n',
  );
  const fragments = [
    'Günther',
    'Gino',
    'Brien',
    'obrien',
    '98765432',
    'Line one',
    'Line two',
    'nïcode',
    'Städte',
    'nther',
    'dte',
  ];
  expect(fragments.filter((fragment) => told.includes(fragment))).toEqual([]);
  expect(result.rows[0]?.error?.api?.text).toContain('withheld');
});

it.each<[where: string, url: string, args: (url: string) => readonly string[], says: RegExp]>([
  ['sftp', 'sftp://u:hidden@h/x.csv', (url) => [url], /is a URL \(sftp\), and only files are read/],
  ['Azure', 'az://u:hidden@h/x.csv?sig=hidden', (url) => [url], /is a URL \(az\)/],
  ['a long query', `https://h/x.csv?sig=hidden${'0'.repeat(5_000)}`, (url) => [url], /`curl -fsSL 'https:/],
  ['a mapping', 'https://u:hidden@h/m.yaml', (url) => ['x.csv', '-m', url], /h\/m\.yaml/],
  ['jobs', 'https://u:hidden@h/j.yaml', (url) => ['--config', url, '--job', 'a'], /h\/j\.yaml/],
  ['an option', 'https://u:hidden@h/', (url) => ['x.csv', `--ruN=${url}`], /no option/],
  ['a number', 'https://u:hidden@h/', (url) => ['x.csv', '--rate', url], /--rate/],
  ['a run', 'https://u:hidden@h/r', (url) => ['--resume', url], /h\/r/],
])('nor do secrets of a URL given for a file: %s', async (_where, url, args, says) => {
  const { code, stdout, stderr } = await cliHere(['run', ...args(url)]);
  expect(code).toBe(2);
  expect(stderr).toMatch(says);
  expect(stdout + stderr).not.toContain('hidden');
});

// --- internal ---

const QUOTED_MAPPING = `
version: 1
contact_id: contact_id
fields:
  name: name
  email: { column: email, type: email }
  phone_number: { column: phone, type: phone }
  custom_attributes.note: note
  custom_attributes.city: city
`;

/** Refuses every contact with a text that quotes the body. */
async function quotingServer(quote: (body: string) => string): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(422, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: `Cannot save ${quote(body)}`, attributes: ['email'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function leaves(value: object): string[] {
  return Object.values(value).flatMap((inner) =>
    typeof inner === 'object' && inner !== null ? leaves(inner) : [String(inner)],
  );
}

function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
