import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const UNDOS = fileURLToPath(new URL('../../scripts/undos.mjs', import.meta.url));

it('four sequences of undoable runs, edits, kills and undos leave every field as a plain model says', {
  timeout: 180_000,
}, async () => {
  const child = spawn(process.execPath, [UNDOS, '--seed', '5', '--runs', '4'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  child.stdout.on('data', (chunk) => {
    report += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(report).toMatch(/^sequences with something wrong 0$/m);
  expect(report).toMatch(/^kills [1-9]/m);
  expect(report).toMatch(/^reversed [1-9]/m);
  expect(code).toBe(0);
});
