import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

it('a dry run without credentials asks nobody for the contacts of keys, and says so', async () => {
  const emulator = await emulatorHere({ contacts: 3 });
  const mapping = writeInput('m.yaml', 'version: 1\nmatch: { email: email }\nfields: { name: name }\n');
  const input = writeInput('c.csv', 'email,name\nann@example.com,Ann\nben@example.com,Ben\n');
  const args = ['run', input, '-m', mapping, '--dry-run', '--base-url', emulator.url, '--json'];
  const { code, stdout } = await cliHere([...args, '--run-dir', join(tempDir(), 'run')], { env: {} });
  expect(code).toBe(0);
  expect(emulator.stats().requests).toBe(0);
  const { statuses, forecast, warnings } = JSON.parse(stdout);
  expect([statuses.planned, forecast.requests]).toEqual([2, 2]);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^no credentials are set: contacts matched by key were not looked up/),
  );
});
