import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { tempDir } from './helpers/temp-dir.ts';

const root = join(import.meta.dirname, '..');
const PARTS = [
  ...['src', 'scripts', 'fixtures/sample', 'package.json', 'package-lock.json', 'tsconfig.json'],
  '.rolldown.config.mjs',
];

it('the demo ends as it says it does', { timeout: 180_000 }, async () => {
  const dir = tempDir(); // the demo builds, and the tests beside this one use what is built here
  for (const part of PARTS) cpSync(join(root, part), join(dir, part), { recursive: true });
  linkPackages(join(root, 'node_modules'), join(dir, 'node_modules'));
  const { stdout } = await promisify(execFile)('bash', [join(dir, 'scripts/demo.sh')], { cwd: dir });
  expect(stdout.match(/As expected/g)).toHaveLength(2);
});

/** A folder of links, one for each package: an install in the copy could remove the links, but not what they mean. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name !== '.package-lock.json') symlinkSync(join(from, name), join(to, name));
  }
  copyFileSync(join(from, '.package-lock.json'), join(to, '.package-lock.json'));
}
