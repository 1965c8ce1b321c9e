// @ts-check
import { measureRun } from '../measure.mjs';
import { startAnswerer } from '../servers.mjs';
import { finding } from '../table.mjs';

const FEW = 100_000;

/**
 * Peak private memory of a small input and a large one: dry, and in part delivered.
 * @param {import('../context.mjs').Context} context
 */
export async function memory(context) {
  const many = context.isQuick ? 1_000_000 : 10_000_000;
  const dry = async (/** @type {number} */ rows) => {
    const args = [context.contacts(rows), '--dry-run', '-m', context.mappings.unique];
    return (await measureRun(args, { watchMemory: true })).peakMb;
  };
  const findings = lines('dry run', await dry(FEW), await dry(many), many);
  const server = await startAnswerer();
  try {
    const sent = context.isQuick ? [10_000, 50_000] : [FEW, 500_000];
    const deliver = async (/** @type {number} */ rows) => {
      const args = [context.contacts(rows), '-m', context.mappings.unique, '--base-url', server.url];
      return (await measureRun([...args, '--rate', 'unlimited'], { watchMemory: true })).peakMb;
    };
    const [few = 0, more = 0] = sent;
    return [...findings, ...lines('delivered', await deliver(few), await deliver(more), more, few)];
  } finally {
    await server.close();
  }
}

// --- internal ---

/**
 * @param {string} how
 * @param {number} small
 * @param {number} large
 * @param {number} rows
 */
function lines(how, small, large, rows, few = FEW) {
  const [from, to] = [few, rows].map((n) => n.toLocaleString('en-US'));
  return [
    finding(`memory, ${how}, peak at ${to} rows`, { value: large, atMost: 150, unit: ' MB', digits: 0 }),
    finding(`  growth from ${from} rows`, {
      value: (large / small - 1) * 100,
      atMost: 10,
      unit: ' %',
      digits: 0,
      more: `from ${small.toFixed(0)} MB`,
    }),
  ];
}
