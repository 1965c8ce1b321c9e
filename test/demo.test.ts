import { execFile } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { tempDir } from './helpers/temp-dir.ts';

const root = join(import.meta.dirname, '..');
const PARTS = ['src', 'scripts', 'fixtures/sample', 'package.json', 'package-lock.json', 'tsconfig.json'];

it('the demo ends as it says it does', { timeout: 120_000 }, async () => {
  const dir = tempDir(); // the demo builds, and the tests beside this one use what is built here
  // with their times: the lock file must look older than what is installed, or it would be installed again
  for (const part of PARTS) cpSync(join(root, part), join(dir, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const { stdout } = await promisify(execFile)('bash', [join(dir, 'scripts/demo.sh')], { cwd: dir });
  expect(stdout.match(/As expected/g)).toHaveLength(2);
});
