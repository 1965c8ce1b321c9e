import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { smallDisk } from '../helpers/small-disk.ts';
import { API_SECRET, CELLS, MAPPING, plantedCsv, plantedJsonl, tracesIn } from './planted.ts';
import { plantedSite } from './planted-site.ts';
import { applied, FAILURES, quotingApi } from './quoting-api.ts';

test('what is planted is found', () => {
  for (const cell of Object.values(CELLS).slice(1)) {
    expect(tracesIn(cell)).not.toEqual([]);
    expect(tracesIn(JSON.stringify({ cell }).toUpperCase())).not.toEqual([]);
  }
  for (const pad of ['', 'x', 'xx']) expect(tracesIn(btoa(`${pad}Unmistakable and more`))).not.toEqual([]);
});

describe.each(['json', 'pretty'])('with --log-format %s', (format) => {
  test('a row that is delivered tells nothing', async () => {
    const api = await quotingApi(applied);
    const { code } = await plantedSite(api.url).run(['--log-format', format]);
    expect(code).toBe(0);
    expect(api.paths).toEqual(Array(2).fill('/api/v2/accounts/contacts/318763'));
  });

  test.each(Object.entries(FAILURES))('nor does %s', async (name, answer) => {
    const api = await quotingApi(answer);
    const timeout = name === 'no answer' ? { LIVEDESK_TIMEOUT: '200ms' } : {};
    const options = ['--log-format', format, '--json'];
    const { code, stdout } = await plantedSite(api.url).run(options, { env: timeout });
    expect(code).toBe(name === 'other values than sent' ? 0 : code || 'no failure');
    expect(api.paths.length).toBeGreaterThan(1);
    expect(JSON.parse(stdout)).toMatchObject({ rows_read: 1 });
  });
});

describe('bad cells', () => {
  test.each<[column: string, cell: string]>([
    ['contact_id', '1/../2?unmistakable'],
    ['contact_id', '318763 unmistakable'],
    ['contact_id', ''],
    ['email', 'unmistakable at example.com'],
    ['phone', '+49 unmistakable'],
    ['phone', '0151 23456789 ext 77'],
    ['crm', '9.18273645E+99'],
    ['crm', `unmistakable${'x'.repeat(255)}`],
    ['first', 'Unmistakable\0'],
    ['tier', 'unmistakable \uFFFD'],
    ['score', '918273645,75'],
    ['score', '918273645.123456789012345678'],
    ['birthday', '05.06.1987 unmistakable'],
    ['joined', '2019-03-04 unmistakable'],
    ['data', '{"unmistakable": 1'],
    ['data', '{"unmistakable": {"__proto__": 1}}'],
    ['data', `{"unmistakable": ${'['.repeat(150)}${']'.repeat(150)}}`],
    ['tags', '|||'],
    ['site', 'unmistakable.example'],
  ])('in %s: %j', async (column, cell) => {
    const api = await quotingApi(applied);
    const site = plantedSite(api.url);
    const csv = await site.run([], { input: site.write('contacts.csv', plantedCsv({ [column]: cell })) });
    const jsonl = await site.run([], {
      input: site.write('contacts.jsonl', plantedJsonl({ [column]: cell })),
    });
    // NUL among the first lines is the fault of the file
    expect([csv.code, jsonl.code]).toEqual(
      cell.includes('\0') ? [2, 1] : [1, cell.includes('\uFFFD') ? 2 : 1],
    );
    expect(api.paths).toEqual([]);
  });

  test.each<[value: unknown]>([[['unmistakable']], [{ key: 'unmistakable' }], [true], [918273645.5]])(
    'of the wrong type: %j',
    async (value) => {
      const api = await quotingApi(FAILURES['422 quoting the body'] ?? applied);
      const site = plantedSite(api.url);
      const lines = Object.keys(CELLS).map((column) => plantedJsonl({ [column]: value }));
      const { code } = await site.run([], { input: site.write('contacts.jsonl', lines.join('')) });
      expect(code).toBe(1);
    },
  );
});

describe('input that cannot be read', () => {
  const csv = plantedCsv();
  const [header = ''] = csv.split('\n');
  test.each<[fault: string, name: string, content: string | Uint8Array]>([
    ['a ragged row', 'contacts.csv', `${csv}318763,Unmistakable,a,b\n`],
    [
      'a quote that is never closed',
      'contacts.csv',
      `${csv}318763,"Unmistakable,${'\nunmistakable'.repeat(9)}`,
    ],
    ['a quote inside of a cell', 'contacts.csv', `${csv}318763,Anna "Unmistakable" B,c\n`],
    ['text after a quote', 'contacts.csv', `${csv}318763,"Anna" Unmistakable,c\n`],
    ['a row over 1 MiB', 'contacts.csv', `${csv}318763,${'unmistakable'.repeat(99_999)}\n`],
    ['a row in another encoding', 'contacts.csv', Buffer.from(csv, 'latin1')],
    ['a mark of an earlier conversion', 'contacts.csv', csv.replace('Unmistakable', 'Unmistakable\uFFFD')],
    ['a doubled column', 'contacts.csv', csv.replace('last', 'first')],
    ['no header', 'contacts.csv', csv.slice(header.length + 1)],
    ['NUL bytes', 'contacts.csv', csv.replace('Unmistakable', 'Unmistakable\0')],
    ['UTF-16 without a mark', 'contacts.csv', Buffer.from(csv, 'utf16le')],
    ['gzip cut off', 'contacts.csv.gz', gzipSync(csv.repeat(1000)).subarray(0, -20)],
    ['half a line', 'contacts.jsonl', `${plantedJsonl()}${plantedJsonl().slice(0, -20)}\n${plantedJsonl()}`],
    [
      'lines that are no objects',
      'contacts.jsonl',
      `${plantedJsonl()}"unmistakable"\n["unmistakable"]\n{unmistakable:1}\n`,
    ],
    ['nothing but broken lines', 'contacts.jsonl', '{"first":"Unmistakable"\n'],
    [
      'a line over 1 MiB',
      'contacts.jsonl',
      `${plantedJsonl()}{"first":"${'unmistakable'.repeat(99_999)}"}\n`,
    ],
    [
      'a line nested too deep',
      'contacts.jsonl',
      `${plantedJsonl()}{"a":${'["unmistakable",'.repeat(150)}1${']'.repeat(150)}}\n`,
    ],
    ['a JSON array', 'contacts.json', `[${plantedJsonl()}]`],
    ['an HTML page', 'contacts.csv', `<html><title>Unmistakable</title>\n${csv}`],
  ])('%s', async (_fault, name, content) => {
    const api = await quotingApi(applied);
    const site = plantedSite(api.url);
    const { code } = await site.run([], { input: site.write(name, content) });
    expect([1, 2, 3]).toContain(code);
  });

  test('stdin, kept in the spool', async () => {
    const api = await quotingApi(FAILURES['422 quoting the body'] ?? applied);
    expect(await plantedSite(api.url).run(['--spool'], { input: '-', stdin: csv })).toMatchObject({
      code: 1,
    });
  });
});

describe('before a run', () => {
  test('the input given as the mapping', async () => {
    const api = await quotingApi(applied);
    const site = plantedSite(api.url);
    for (const text of [plantedCsv(), plantedJsonl(), plantedJsonl().repeat(2), `- ${plantedJsonl()}`]) {
      const { code } = await site.run(['--mapping', site.write('mistake.yaml', text)]);
      expect(code).toBe(2);
    }
    expect(api.paths).toEqual([]);
  });

  test.each<[what: string, args: readonly string[], env: Record<string, string>]>([
    ['the secret as an option', [`--api-secret=${API_SECRET}`], {}],
    ['the secret as an option with a space', ['--api-secret', API_SECRET, '--dry-run'], {}],
    [
      'the secret as the name of its file',
      [],
      { LIVEDESK_API_SECRET: '', LIVEDESK_API_SECRET_FILE: API_SECRET },
    ],
    ['the secret in the base URL', [`--base-url=https://key:${API_SECRET}@example.com`], {}],
    ['the secret in an address that is none', [`--base-url=key:${API_SECRET}`], {}],
    ['key and secret in one', [], { LIVEDESK_API_KEY: `key:${API_SECRET}` }],
    ['a name that we do not know', ['--rate=0'], { LIVEDESK_SECRET: API_SECRET }],
  ])('%s', async (_what, args, env) => {
    const api = await quotingApi(applied);
    const { code } = await plantedSite(api.url).run(args, { env });
    expect(code).toBe(2);
    expect(api.paths).toEqual([]);
  });

  test('a proxy with a login that is not there', async () => {
    const before = process.env['HTTPS_PROXY'];
    process.env['HTTPS_PROXY'] = 'http://proxy-user:Unmistakable@127.0.0.1:9';
    const { code } = await plantedSite('https://127.0.0.1:9')
      .run()
      .finally(() => {
        if (before === undefined) delete process.env['HTTPS_PROXY'];
        else process.env['HTTPS_PROXY'] = before;
      });
    expect(code).toBe(3);
  });

  test('a dry run', async () => {
    const api = await quotingApi(applied);
    expect(await plantedSite(api.url).run(['--dry-run'])).toMatchObject({ code: 0 });
    expect(api.paths).toEqual([]);
  });
});

describe('going on', () => {
  test('a run that stopped is resumed', async () => {
    const api = await quotingApi(FAILURES['401 quoting'] ?? applied);
    const site = plantedSite(api.url);
    expect(await site.run()).toMatchObject({ code: 3 });
    api.answer(applied);
    expect(await site.run(['--resume', join(site.out, 'run-1')], { input: null })).toMatchObject({ code: 0 });
  });

  test('bad rows are sent again', async () => {
    const api = await quotingApi(FAILURES['422 quoting the body'] ?? applied);
    const site = plantedSite(api.url);
    expect(await site.run()).toMatchObject({ code: 1 });
    expect(await site.run(['--retry', join(site.out, 'run-1')], { input: null })).toMatchObject({ code: 1 });
  });

  test('the rejects are fed back', async () => {
    const api = await quotingApi(FAILURES['422 quoting the body'] ?? applied);
    const site = plantedSite(api.url);
    expect(await site.run()).toMatchObject({ code: 1 });
    expect(await site.run([], { input: join(site.out, 'run-1', 'rejects.csv') })).toMatchObject({ code: 1 });
  });

  test('an input that changed meanwhile', async () => {
    const api = await quotingApi(FAILURES['401 quoting'] ?? applied);
    const site = plantedSite(api.url);
    const input = site.write('changing.csv', plantedCsv());
    expect(await site.run([], { input })).toMatchObject({ code: 3 });
    writeFileSync(input, plantedCsv({ first: 'Unmistakably changed' }));
    expect(await site.run(['--resume', join(site.out, 'run-1')], { input: null })).toMatchObject({ code: 2 });
  });

  test('another run that holds the lock', async () => {
    const api = await quotingApi(FAILURES['no answer'] ?? applied);
    const site = plantedSite(api.url);
    const [first, second] = await Promise.all([site.run(), site.run()]);
    // the API answered no write at all, which is an outage: exit 3, and the row is pending
    expect([first.code, second.code].sort()).toEqual([3, 4]);
  });
});

describe('a run directory', () => {
  test('on a full disk', async (context) => {
    const disk = smallDisk(context);
    const api = await quotingApi(FAILURES['422 quoting the body'] ?? applied);
    const site = plantedSite(api.url, disk);
    const { code } = await site.run(['--max-errors', '100%'], { input: site.write('many.csv', manyRows()) });
    expect(code).toBe(3);
  });

  test('that vanishes', async () => {
    const api = await quotingApi((body, response) => {
      rmSync(join(site.out, 'run-1'), { recursive: true, force: true });
      applied(body, response);
    });
    const site = plantedSite(api.url);
    expect(await site.run([], { input: site.write('many.csv', manyRows()) })).toMatchObject({ code: 3 });
  });

  test('that cannot be made', async () => {
    const api = await quotingApi(applied);
    const site = plantedSite(api.url);
    mkdirSync(join(site.out, 'run-1'));
    writeFileSync(join(site.out, 'run-1', 'results.jsonl'), MAPPING);
    expect(await site.run()).toMatchObject({ code: 2 });
  });
});

// --- internal ---

function manyRows(): string {
  const [header = '', ...row] = plantedCsv().split('\n');
  return `${header}\n${row.join('\n').repeat(500)}`;
}
