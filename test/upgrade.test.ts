import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { accountOf } from '../src/core/credentials.ts';
import { cliHere } from './helpers/cli-here.ts';
import { emulatorHere } from './helpers/emulator-here.ts';
import { readBack } from './helpers/sync.ts';
import { tempDir } from './helpers/temp-dir.ts';

/** What each released version left behind: a canary of four of six rows, and its state. */
const VERSIONS = fileURLToPath(new URL('../fixtures/versions', import.meta.url));

/** What a version left, where it can be gone on with; the account is that of an emulator of today. */
async function leftBy(version: string) {
  const dir = tempDir();
  cpSync(join(VERSIONS, version), dir, { recursive: true });
  const emulator = await emulatorHere({ contacts: 10 });
  const [account = ''] = readdirSync(join(dir, 'state'));
  const now = accountOf(emulator.url, 'demo-key');
  renameSync(join(dir, 'state', account), join(dir, 'state', now));
  for (const name of ['results.jsonl', 'summary.json']) {
    const path = join(dir, 'run', name);
    const text = readFileSync(path, 'utf8').replaceAll(account, now);
    writeFileSync(path, text.replace(/"base_url":"[^"]*"/, `"base_url":"${emulator.url}"`));
  }
  const run = async (...args: string[]) => {
    const ended = await cliHere(['run', ...args, '--base-url', emulator.url, '--rate', 'unlimited']);
    return { code: ended.code ?? -1, stderr: ended.stderr };
  };
  return { dir, run, emulator, input: join(dir, 'contacts.csv'), runDir: join(dir, 'run') };
}

describe.each(readdirSync(VERSIONS))('what %s left', (version) => {
  test('is gone on with to its end, each row once', async () => {
    const { run, runDir, input } = await leftBy(version);
    const { code } = await run(input, '--resume', runDir, '--limit', 'all');
    expect(code).toBe(1);
    const { rows, summary } = readBack({ code, signal: null, stdout: '', stderr: '' }, runDir);
    expect(rows.map(({ row }) => row).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(summary.statuses).toMatchObject({ updated: 5, invalid: 1 });
  });

  test('can be retried', async () => {
    const { run, runDir, input, dir, emulator } = await leftBy(version);
    writeFileSync(input, readFileSync(input, 'utf8').replace('chloe at example', 'chloe@example'));
    const changed = await run(input, '--retry', runDir, '-o', join(dir, 'retry'));
    expect([changed.code, changed.stderr]).toEqual([2, expect.stringContaining('ERR_INPUT_CHANGED')]);
    const rejects = join(runDir, 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('chloe at example', 'chloe@example'));
    const { code } = await run(rejects, '-m', join(runDir, 'mapping.json'), '-o', join(dir, 'retry'));
    expect(code).toBe(0);
    expect(emulator.journal.map(({ contactId }) => contactId)).toEqual([3]);
  });

  test('is a state that knows what was sent', async () => {
    const { run, input, dir, emulator } = await leftBy(version);
    const mapping = join(dir, 'mapping.yaml');
    const { code } = await run(input, '-m', mapping, '--state', join(dir, 'state'), '-o', join(dir, 'next'));
    expect(code).toBe(1);
    expect(emulator.journal.map(({ contactId }) => contactId).sort()).toEqual([5, 6]);
  });
});

describe('a newer version is refused by name', () => {
  const [newest = ''] = readdirSync(VERSIONS).sort().reverse();

  test('a run directory', async () => {
    const { run, runDir, input } = await leftBy(newest);
    const journal = join(runDir, 'results.jsonl');
    const [first = '', ...rest] = readFileSync(journal, 'utf8').split('\n');
    const header = { ...JSON.parse(first), version: 99, tool_version: '9.9.9' };
    writeFileSync(journal, [JSON.stringify(header), ...rest].join('\n'));
    const { code, stderr } = await run(input, '--resume', runDir);
    expect([code, stderr]).toEqual([2, expect.stringContaining('written by livedesk-contact-sync 9.9.9')]);
  });

  test('a state', async () => {
    const { run, input, dir } = await leftBy(newest);
    const [account = ''] = readdirSync(join(dir, 'state'));
    const stamp = join(dir, 'state', account, 'state.json');
    writeFileSync(stamp, JSON.stringify({ ...JSON.parse(readFileSync(stamp, 'utf8')), version: 99 }));
    const args = ['-m', join(dir, 'mapping.yaml'), '--state', join(dir, 'state'), '-o', join(dir, 'next')];
    const { code, stderr } = await run(input, ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is of version 99, written by a newer')]);
  });

  test('a mapping', async () => {
    const { run, input, dir } = await leftBy(newest);
    const mapping = join(dir, 'mapping.yaml');
    writeFileSync(mapping, readFileSync(mapping, 'utf8').replace('version: 1', 'version: 99'));
    const { code, stderr } = await run(input, '-m', mapping, '-o', join(dir, 'next'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/version.*99/s)]);
  });
});
