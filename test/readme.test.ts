import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../src/commands/run/command.ts';
import { STATUSES } from '../src/core/types.ts';
import { parseMapping } from '../src/mapping/parse/parse.ts';

const root = new URL('..', import.meta.url).pathname;
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const block = (language: string, holding: string): string => {
  const found = blocks.find((one) => one.language === language && one.text.includes(holding));
  if (!found) throw new Error(`README has no ${language} block with ${holding}`);
  return found.text;
};
const folder = await mkdtemp(join(tmpdir(), 'readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('README', () => {
  it('shows the files of its example as they are', () => {
    expect(block('csv', 'Anna')).toBe(readFileSync(join(root, 'fixtures/readme/contacts.csv'), 'utf8'));
    expect(block('yaml', 'E-mail')).toBe(readFileSync(join(root, 'fixtures/readme/mapping.yaml'), 'utf8'));
  });

  it('has an example whose commands print what it says', async () => {
    const port = await freePort();
    const commands = block('sh', 'emulate --contacts')
      .replace(/^npm ci.*\n/, '') // the test runs on what is installed and built
      .replaceAll('dist/main.js', join(root, 'dist/main.js'))
      .replaceAll('fixtures/', join(root, 'fixtures/'))
      .replaceAll(':3999', `:${port}`)
      .replace(
        '--contacts 100 &',
        `--contacts 100 --port ${port} >/dev/null 2>&1 &\nuntil node -e 'fetch(process.env.LIVEDESK_BASE_URL).catch(() => process.exit(1))'; do sleep 0.1; done`,
      );
    const { stdout } = await shell(commands, folder);
    expect(masked(stdout)).toBe(masked(block('text', 'Sync finished')));
  });

  it('shows a mapping that the loader takes', () => {
    const mapping = parseMapping(block('yaml', 'cf_plan'), 'README.md');
    expect(mapping.fields).toHaveLength(11);
  });

  it('lists every option of run, and no other', () => {
    const section = readme.slice(readme.indexOf('## Options of `run`'), readme.indexOf('## What it writes'));
    const listed = [...section.matchAll(/--([a-z][a-z-]+)/g)].map(([, name]) => name);
    const table = new Set(listed.filter((name) => name !== 'help'));
    expect([...table].sort()).toEqual(Object.keys(run.options).sort());
  });

  it('explains every status that a run can give', () => {
    for (const status of STATUSES) expect(readme).toContain(`| \`${status}\` |`);
  });
});

// --- internal ---

function shell(commands: string, cwd: string): Promise<{ stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-m', '-c', commands], { cwd, env: { PATH: process.env['PATH'] } });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve({ stdout }));
  });
}

/** Leaves out what differs from run to run: times, latency, the run directory. */
function masked(text: string): string {
  return text
    .replace(/runs\/[\w.-]+/g, 'runs/DIR')
    .replace(/in \d+\.\d s/, 'in N s')
    .replace(/\d+(?:\.\d)? ms/g, 'N ms')
    .replace(/\d+\.\d\/s of/, 'N/s of')
    .replace(/, held back by .*/, '')
    .trim();
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
