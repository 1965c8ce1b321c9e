import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { STATUSES } from '../src/core/types.ts';
import { parseMapping } from '../src/mapping/parse/parse.ts';
import { block, page, ROOT } from './helpers/manual.ts';

const folder = await mkdtemp(join(tmpdir(), 'readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('README and the manual', () => {
  it('shows the files of its example as they are', () => {
    expect(block('csv', 'Anna')).toBe(readFileSync(join(ROOT, 'fixtures/readme/contacts.csv'), 'utf8'));
    expect(block('yaml', 'E-mail')).toBe(readFileSync(join(ROOT, 'fixtures/readme/mapping.yaml'), 'utf8'));
  });

  it('has an example whose commands print what it says', async () => {
    const port = await freePort();
    const commands = block('sh', 'emulate --contacts')
      .replace(/^npm ci.*\n/, '') // the test runs on what is installed and built
      .replaceAll('dist/main.js', join(ROOT, 'dist/main.js'))
      .replaceAll('fixtures/', join(ROOT, 'fixtures/'))
      .replaceAll(':3999', `:${port}`)
      .replace(
        '--contacts 100 &',
        `--contacts 100 --port ${port} >/dev/null 2>&1 &\nuntil node -e 'fetch(process.env.LIVEDESK_BASE_URL).catch(() => process.exit(1))'; do sleep 0.1; done`,
      );
    const { stdout } = await shell(commands, folder);
    expect(masked(stdout.replaceAll(join(ROOT, 'fixtures/'), 'fixtures/'))).toBe(
      masked(block('text', 'Sync finished')),
    );
  });

  it('shows a mapping that the loader takes', () => {
    const mapping = parseMapping(block('yaml', 'cf_plan'), 'mapping.md');
    expect(mapping.fields).toHaveLength(11);
  });

  it('explains every status that a run can give', () => {
    for (const status of STATUSES) expect(page('results')).toContain(`| \`${status}\` |`);
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
    .replace(/--retry [\w.-]+/g, '--retry DIR')
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
