import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { crashText } from '../../src/core/crash-report.ts';
import { codeOf } from '../../src/core/errors.ts';
import { runCli } from '../helpers/cli-process.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { API_KEY, API_SECRET, MAPPING, plantedCsv, tracesIn } from './planted.ts';
import { expectNoLeak } from './planted-site.ts';
import { applied, quotingApi } from './quoting-api.ts';

describe('the text of a crash', () => {
  test.each<[what: string, crash: () => unknown, shown: string]>([
    ['JSON', () => JSON.parse('Unmistakable "x" y'), 'SyntaxError: Unexpected token "…"'],
    ['a buffer', () => Buffer.from(Symbol('x') as never), 'TypeError (ERR_INVALID_ARG_TYPE): '],
    [
      'a wrong argument',
      () => Buffer.alloc('Unmistakable' as never),
      'TypeError (ERR_INVALID_ARG_TYPE): The "…"',
    ],
    ['a URL', () => new URL('Unmistakable at'), 'TypeError (ERR_INVALID_URL): Invalid URL'],
    ['nothing there', () => (undefined as never as { length: 1 }).length, "(reading 'length')"],
    ['a text thrown', () => thrown('Unmistakable'), 'string'],
    ['two lines', () => thrown(new Error('first "Unmistakable"\nUnmistakable')), 'Error: first "…"\n'],
  ])('%s', (_what, crash, shown) => {
    const text = crashText(errorOf(crash));
    expect(text).toContain(shown);
    expect(tracesIn(text)).toEqual([]);
  });

  test('tells where', () => {
    const text = crashText(errorOf(() => JSON.parse('x')));
    expect(text).toMatch(/^livedesk-sync: a bug of ours, please report it\nSyntaxError: .*\n\s+at /);
    expect(codeOf(new Error('x'))).toBe('Error');
  });
});

test.each<[how: string, crash: string]>([
  ['an exception that nobody catches', 'soon(() => JSON.parse(text))'],
  ['a promise that nobody awaits', "soon(() => void Promise.reject(new Error('of \"' + text + '\"')))"],
  [
    'a fault inside of the run',
    'const { random } = Math; Math.random = () => { if (/at openClient /.test(new Error().stack)) JSON.parse(text); return random(); }',
  ],
  ['a text thrown', 'soon(() => { throw text; })'],
])('%s: exit 70, and nothing told', async (_how, crash) => {
  const api = await quotingApi((body, response) => void setTimeout(() => applied(body, response), 600));
  const dir = tempDir();
  const out = join(dir, 'out');
  mkdirSync(out);
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const planted = `const text = 'Anna "Unmistakable" 23456789';\n${SOON}\n${crash};\n`;
  const hook = pathToFileURL(write('crash.mjs', planted)).href;
  const ended = await runCli(
    [
      'run',
      write('contacts.csv', plantedCsv()),
      '-m',
      write('mapping.yaml', MAPPING),
      '--log-level',
      'trace',
    ],
    {
      cwd: out,
      env: {
        LIVEDESK_API_KEY: API_KEY,
        LIVEDESK_API_SECRET: API_SECRET,
        LIVEDESK_BASE_URL: api.url,
        NODE_OPTIONS: `--import=${hook}`,
      },
    },
  );
  expect(ended.stderr).toContain('a bug of ours');
  expect(ended.code).toBe(70);
  expectNoLeak(out, ended);
});

// --- internal ---

/** Once the program has begun, whatever time that takes. */
const SOON = `const soon = (crash) => {
  const wait = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(wait);
    setTimeout(crash, 100);
  }, 10);
};`;

function thrown(value: unknown): never {
  throw value;
}

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
