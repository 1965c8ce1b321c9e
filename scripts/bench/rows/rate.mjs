// @ts-check
import { measureRun } from '../measure.mjs';
import { startEmulator } from '../servers.mjs';
import { finding } from '../table.mjs';

/** Seconds that a rate is held for. */
const SECONDS = { quick: 5, whole: 30 };
/** Rates per second; those of one group are held at the same time, since they leave the machine nearly idle. */
const GROUPS = [[10, 50, 200], [1_000], [2_000]];

/**
 * The rate held against answers of 20 to 200 ms, and the busiest second, both as the server saw them.
 * @param {import('../context.mjs').Context} context
 */
export async function rate(context) {
  const findings = [];
  for (const group of GROUPS) {
    const held = await Promise.all(group.map((perSecond) => hold(context, perSecond)));
    findings.push(...held.flat());
  }
  return findings;
}

// --- internal ---

/** @param {import('../context.mjs').Context} context @param {number} perSecond */
async function hold(context, perSecond) {
  const seconds = (context.isQuick ? SECONDS.quick : SECONDS.whole) * (perSecond < 50 ? 2 : 1);
  const rows = perSecond * seconds;
  const emulator = await startEmulator(rows, '20-200ms');
  let isClosed = false;
  try {
    const args = [context.contacts(rows), '-m', context.mappings.plain, '--base-url', emulator.url];
    const { cpuMs, delayMs } = await measureRun([...args, '--rate', `${perSecond}`], { watchDelay: true });
    const arrivals = await emulator.arrivals();
    const busiest = await emulator.busiestSecond();
    isClosed = true;
    const { lateMs } = await emulator.close();
    const lasted = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
    const share = ((arrivals.length - 1) * 1000) / lasted / perSecond;
    const worker = `worker late by ${ms(delayMs?.max)} at most`;
    return [
      finding(
        `rate held at ${perSecond}/s, share`,
        { value: share, atLeast: 0.99, digits: 4, more: worker },
        { rows, share, busiest, cpuMs, delayMs, serverLateMs: lateMs },
      ),
      finding('  busiest second at the server', {
        value: busiest,
        atMost: perSecond * 1.02 + 2,
        digits: 0,
        more: `server late by ${ms(lateMs)} at most`,
      }),
    ];
  } finally {
    if (!isClosed) await emulator.close();
  }
}

/** @param {number | undefined} value */
function ms(value) {
  return `${Math.round(value ?? 0)} ms`;
}
