import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const NIGHTS = fileURLToPath(new URL('../../scripts/nights.mjs', import.meta.url));

it('fifteen sequences of nights leave every contact and every outcome as a plain model says', {
  timeout: 300_000,
}, async () => {
  const child = spawn(process.execPath, [NIGHTS, '--seed', '1', '--runs', '15'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  child.stdout.on('data', (chunk) => {
    report += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(report).toMatch(/sequences with something wrong +0/);
  expect(report).toMatch(/killed +[1-9]/);
  expect(code).toBe(0);
});
