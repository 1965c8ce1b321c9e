import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TORTURE = fileURLToPath(new URL('../../scripts/torture.mjs', import.meta.url));

it('five runs, killed, stopped and out of space at random moments, lose and double no row', {
  timeout: 300_000,
}, async () => {
  const child = spawn(process.execPath, [TORTURE, '--quick', '--jobs', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  child.stdout.on('data', (chunk) => {
    report += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(report).toMatch(/trials with something wrong +0/);
  expect(code).toBe(0);
});
