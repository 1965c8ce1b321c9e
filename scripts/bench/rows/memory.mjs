// @ts-check
import { measureRun } from '../measure.mjs';
import { startAnswerer } from '../servers.mjs';
import { finding } from '../table.mjs';

const GROWTH = { atMost: 10, unit: ' %', digits: 0 };

/**
 * Peak private memory of a small input and of large ones: dry, with duplicates looked for, and in part delivered.
 * @param {import('../context.mjs').Context} context
 */
export async function memory(context) {
  const dry = async (/** @type {number} */ rows) => {
    const args = [context.contacts(rows), '--dry-run', '-m', context.mappings.unique];
    return (await measureRun(args, { watchMemory: true })).peakMb;
  };
  const findings = await peaks('dry run', dry, [
    100_000,
    1_000_000,
    ...(context.isQuick ? [] : [10_000_000]),
  ]);
  const server = await startAnswerer();
  try {
    const deliver = async (/** @type {number} */ rows) => {
      const args = [context.contacts(rows), '-m', context.mappings.unique, '--base-url', server.url];
      return (await measureRun([...args, '--rate', 'unlimited'], { watchMemory: true })).peakMb;
    };
    const sizes = context.isQuick ? [10_000, 30_000] : [50_000, 100_000, 500_000];
    return [...findings, ...(await peaks('delivered', deliver, sizes))];
  } finally {
    await server.close();
  }
}

// --- internal ---

/**
 * @param {string} how
 * @param {(rows: number) => Promise<number>} measurePeak In MiB.
 * @param {readonly number[]} sizes In rows, the largest last.
 */
async function peaks(how, measurePeak, sizes) {
  /** @type {{ rows: string, mb: number }[]} */
  const measured = [];
  for (const rows of sizes)
    measured.push({ rows: rows.toLocaleString('en-US'), mb: await measurePeak(rows) });
  const largest = measured.pop() ?? { rows: '0', mb: Number.NaN };
  return [
    finding(
      `memory, ${how}, peak at ${largest.rows} rows`,
      { value: largest.mb, atMost: 150, unit: ' MB', digits: 0 },
      measured,
    ),
    ...measured.map(({ rows, mb }) =>
      finding(`  growth from ${rows} rows`, {
        value: (largest.mb / mb - 1) * 100,
        ...GROWTH,
        more: `from ${mb.toFixed(0)} MB`,
      }),
    ),
  ];
}
