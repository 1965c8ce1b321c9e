// @ts-check
import { measureRun } from '../measure.mjs';
import { startEmulator } from '../servers.mjs';
import { finding } from '../table.mjs';

/**
 * CPU of a run at 100 requests per second, once it is under way: the longer of two runs less the shorter.
 * @param {import('../context.mjs').Context} context
 */
export async function cpu(context) {
  const [short, long] = context.isQuick ? [2, 8] : [5, 35];
  const emulator = await startEmulator(100 * long, '20-200ms');
  try {
    const run = (/** @type {number} */ seconds) =>
      measureRun([
        ...[context.contacts(100 * seconds), '-m', context.mappings.plain],
        ...['--base-url', emulator.url, '--rate', '100'],
      ]);
    const [a, b] = [await run(short), await run(long)];
    const share = ((b.cpuMs - a.cpuMs) / (b.wallMs - a.wallMs)) * 100;
    return [finding('CPU at 100 requests/s, of a core', { value: share, atMost: 10, unit: ' %', digits: 1 })];
  } finally {
    await emulator.close();
  }
}
