// @ts-check
import { fileURLToPath } from 'node:url';
import { measure, measureRun } from '../measure.mjs';
import { startEmulator } from '../servers.mjs';
import { finding } from '../table.mjs';

const PACED_GOT = fileURLToPath(new URL('../loops/paced-got.mjs', import.meta.url));

/**
 * CPU of a run at 100 requests per second, once it is under way: the longer of two runs less the shorter. Beside it runs
 * a bare got loop at the same rate, since a busy machine takes more time for the same work.
 * @param {import('../context.mjs').Context} context
 */
export async function cpu(context) {
  const [short, long] = context.isQuick ? [2, 8] : [5, 35];
  const emulator = await startEmulator(100 * long, '20-200ms');
  try {
    const both = async (/** @type {number} */ seconds) => {
      const rows = 100 * seconds;
      const args = [context.contacts(rows), '-m', context.mappings.plain, '--base-url', emulator.url];
      const worker = measureRun([...args, '--rate', '100']);
      const loop = measure([PACED_GOT, emulator.url, `${rows}`, '100']);
      return { worker: await worker, loop: await loop };
    };
    const [a, b] = [await both(short), await both(long)];
    const share = (/** @type {'worker' | 'loop'} */ who) =>
      ((b[who].cpuMs - a[who].cpuMs) / (b[who].wallMs - a[who].wallMs)) * 100;
    const more = `a bare got loop beside it ${share('loop').toFixed(1)} %`;
    return [
      finding('CPU at 100 requests/s, of a core', {
        value: share('worker'),
        atMost: 10,
        unit: ' %',
        digits: 1,
        more,
      }),
    ];
  } finally {
    await emulator.close();
  }
}
