import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const ROWS = 20_000;

/** A run over 20,000 rows of which those up to `bad` are refused, with these options. */
async function runOver(bad: number, ...args: string[]) {
  const emulator = await emulatorHere({ contacts: 10 });
  const lines = Array.from({ length: ROWS }, (_, i) => `${i + 1},${i < bad ? 'x' : ''}`);
  const runDir = join(tempDir(), 'run');
  const ended = await cliHere(
    [
      ...['run', writeInput('contacts.csv', `id,n\n${lines.join('\n')}\n`)],
      ...['-m', writeInput('mapping.yaml', MAPPING), '-o', runDir, '--base-url', emulator.url],
      ...['--no-state', '--rate', 'unlimited', ...args],
    ],
    { env: { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' } },
  );
  const summary = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8'));
  return { ...ended, summary };
}

const MAPPING = 'version: 1\ncontact_id: id\nfields:\n  custom_attributes.n: { column: n, type: number }\n';

it('an interrupted run says how much of the file it did not read', async () => {
  const { code, stdout, summary } = await runOver(ROWS, '--max-errors', '100');
  expect(code).toBe(3);
  const { bytes, of_bytes: all } = summary.unread;
  const rest = 1 - summary.rows_read / ROWS;
  expect(rest).toBeGreaterThan(0.5);
  expect(Math.abs(bytes / all - rest)).toBeLessThan(0.05);
  expect(stdout).toContain(`about ${Math.round((100 * bytes) / all)} % of the input was not read`);
});

it('a run that read its whole input does not, nor one that stopped at its limit', async () => {
  for (const { stdout, summary } of [await runOver(0), await runOver(0, '--limit', '10')]) {
    expect(summary).not.toHaveProperty('unread');
    expect(stdout).not.toContain('not read');
  }
});
