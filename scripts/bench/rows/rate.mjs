// @ts-check
import { measureRun } from '../measure.mjs';
import { startEmulator } from '../servers.mjs';
import { finding } from '../table.mjs';

/** Seconds that a rate is held for. */
const SECONDS = { quick: 5, whole: 30 };

/**
 * The rate held against answers of 20 to 200 ms, and the busiest second, both as the server saw them.
 * @param {import('../context.mjs').Context} context
 */
export async function rate(context) {
  const findings = [];
  for (const perSecond of [10, 50, 200, 1_000, 2_000]) {
    const seconds = (context.isQuick ? SECONDS.quick : SECONDS.whole) * (perSecond < 50 ? 2 : 1);
    const rows = perSecond * seconds;
    const emulator = await startEmulator(rows, '20-200ms');
    try {
      const args = [context.contacts(rows), '-m', context.mappings.plain, '--base-url', emulator.url];
      const { cpuMs } = await measureRun([...args, '--rate', `${perSecond}`]);
      const arrivals = await emulator.arrivals();
      const lasted = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
      const share = ((arrivals.length - 1) * 1000) / lasted / perSecond;
      const busiest = await emulator.busiestSecond();
      const samples = { rows, share, busiest, cpuMs };
      findings.push(
        finding(`rate held at ${perSecond}/s, share`, { value: share, atLeast: 0.99, digits: 4 }, samples),
        finding(`  busiest second at the server`, {
          value: busiest,
          atMost: perSecond * 1.02 + 2,
          digits: 0,
        }),
      );
    } finally {
      await emulator.close();
    }
  }
  return findings;
}
