import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { type Script, scriptedServer } from '../helpers/scripted-server.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const NASTY =
  '\u001B]0;OWNED\u0007\u001B[2J\u009B31m\u202Egpj.exe\u2066 zero\u200Bwidth\r\nLine two\u2028three';
/** As it looks when a layer between has escaped it. */
const ESCAPED = '%1B[2J &#27;[31m \\u001b[2J &#x202e;x';
const STEERS = /(?![\n\t])\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}]/u;
/** The same as JSON spells it. */
const STEERS_IN_JSON =
  /\\u(?:00[01]\d|00[01][a-f]|00[7-9][0-9a-f]|061c|20(?:0[b-f]|2[8-e]|6\d)|feff)|\\[rnbf]/i;

const MAPPING = 'version: 1\ncontact_id: contact_id\nfields: { name: name }\n';

const json = (status: number, body: unknown): Script => [status, JSON.stringify(body)];
const html = (status: number): Script => [status, `<html><title>${NASTY}</title>`];

/** What is read as more than text, by outlet. */
function steering(outlets: Readonly<Record<string, string>>): string[] {
  return Object.entries(outlets)
    .filter(([name, text]) => {
      // a byte order mark tells programs that a rejects file is UTF-8
      const seen = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
      return STEERS.test(seen) || (name.includes('json') && STEERS_IN_JSON.test(seen));
    })
    .map(([name]) => name);
}

describe('no text of the API steers an outlet', () => {
  test.each<[what: string, script: Script]>([
    ['422 message and attributes', json(422, { message: NASTY, attributes: [NASTY, 'email'] })],
    ['422 errors', json(422, { errors: [NASTY, ESCAPED] })],
    ['422 escaped', json(422, { message: ESCAPED })],
    ['400 code', json(400, { code: NASTY, message: NASTY })],
    ['2xx with a code', json(200, { code: `3001${NASTY}`, message: NASTY })],
    ['404 text', [404, NASTY]],
    ['409 error object', json(409, { error: { code: NASTY, message: NASTY } })],
    ['403', json(403, { error: NASTY })],
    ['401', json(401, { error: NASTY })],
    ['500 page', html(500)],
    ['a login page', html(200)],
    [
      'a redirect',
      (response) => void response.writeHead(302, { location: '//x%1b.example/%1b[2J' }).end(NASTY),
    ],
  ])('%s', async (_what, script) => {
    const api = await scriptedServer(script);
    const hook = await scriptedServer([204]);
    const dir = tempDir();
    mkdirSync(join(dir, 'runs'));
    const runDir = join(dir, 'runs', '1');
    const env = {
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      LIVEDESK_NOTIFY_URL: hook.url,
    };
    const input = writeInput('contacts.csv', 'contact_id,name\n1,Anna\n2,Bert\n');
    const mapping = writeInput('mapping.yaml', MAPPING);
    const outlets: Record<string, string> = {};
    for (const [format, more] of [
      ['json', ['-o', runDir]],
      ['pretty', ['-o', join(dir, 'runs', '2')]],
    ] as const) {
      const args = ['-m', mapping, '--rate', 'unlimited', '--max-attempts', '2', '--outage-budget', '300ms'];
      const ended = await cliHere(
        [
          'run',
          input,
          '--base-url',
          api.url,
          ...args,
          ...more,
          '--log-format',
          format,
          '--log-level',
          'trace',
        ].concat('--metrics-file', join(dir, 'sync.prom')),
        { env },
      );
      outlets[`stdout of ${format}`] = ended.stdout;
      outlets[`log as ${format}`] = ended.stderr;
    }
    for (const name of readdirSync(runDir)) outlets[name] = readFileSync(join(runDir, name), 'utf8');
    outlets['metrics'] = readFileSync(join(dir, 'sync.prom'), 'utf8');
    outlets['notice, json'] = hook.seen.map(({ body }) => body).join('');
    for (const format of ['markdown', 'json', 'html']) {
      const report = await cliHere(['report', runDir, '--format', format, '--output', '-'], { env });
      expect(report.code).toBe(0);
      outlets[`report as ${format}`] = report.stdout;
    }
    expect(api.seen.length).toBeGreaterThan(0);
    expect(outlets['results.jsonl']).toContain('"type":"run"');
    delete outlets['summary.json'];
    const summary = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8'));
    outlets['summary'] = JSON.stringify({ ...summary, next: '' });
    expect(steering(withoutNext(outlets))).toEqual([]);
  });
});

test('the message stays readable, without what steers', async () => {
  const api = await scriptedServer(json(422, { message: NASTY, attributes: ['email'] }));
  const input = writeInput('contacts.csv', 'contact_id,name\n1,Anna\n');
  const ended = await cliHere(['run', input, '--base-url', api.url, '-o', join(tempDir(), 'r')]);
  expect(ended.stdout).toContain('gpj.exe zerowidth Line two three');
});

test('text that shares a word with the row is withheld, and the codes stay', async () => {
  const message = 'Konstantin exists already';
  const api = await scriptedServer(json(422, { message, attributes: ['name'] }));
  const input = writeInput('contacts.csv', 'contact_id,name\n1,KONSTÁNTIN Li\n');
  const runDir = join(tempDir(), 'r');
  const ended = await cliHere(['run', input, '--base-url', api.url, '-o', runDir]);
  const journal = readFileSync(join(runDir, 'results.jsonl'), 'utf8');
  for (const text of [ended.stdout, ended.stderr, journal]) expect(text).not.toMatch(/konst[aá]ntin/i);
  expect(journal).toContain('"attributes":["name"]');
  expect(ended.stdout).toContain('the API refused a value: name; its text is withheld');
});

test('what a lock holder says of itself', async () => {
  const root = tempDir();
  const input = writeInput('contacts.csv', 'contact_id,name\n1,Anna\n');
  const api = await scriptedServer([500]);
  const env = { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' };
  const { accountOf } = await import('../../src/core/credentials.ts');
  const lock = join(root, `.lock-${accountOf(api.url, 'demo-key')}`);
  mkdirSync(lock);
  const holder = createServer((socket) =>
    socket.end(JSON.stringify({ run_dir: NASTY, since: NASTY, pid: NASTY })),
  );
  await new Promise<void>((resolve) => holder.listen(join(lock, '1'), resolve));
  onTestFinished(() => void holder.close());
  const args = ['run', input, '--base-url', api.url, '-o', join(root, 'r'), '--log-level', 'trace'];
  for (const more of [[], ['--wait-lock', '100ms']]) {
    const ended = await cliHere([...args, ...more], { env });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('gpj.exe');
    expect(steering({ json: ended.stderr.replaceAll('\n', '') })).toEqual([]);
  }
});

// --- internal ---

/** Several next commands stand on lines of their own. */
function withoutNext(outlets: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(outlets).map(([name, text]) => [
    name,
    text.replace(/"next":"(?:[^"\\]|\\.)*"/g, '"next":""'),
  ]);
  return Object.fromEntries(entries);
}
