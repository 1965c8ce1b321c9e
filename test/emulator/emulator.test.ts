import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import type { RequestSummary } from '../../src/emulator/request-summary.ts';
import { patch } from './call.ts';

test.each([
  [{ host: '0.0.0.0' }, /^host: expected 127\.0\.0\.1/],
  [{ port: 70_000 }, /^port: expected a whole number from 0 to 65535/],
  [{ contacts: -1 }, /^contacts: /],
  [{ firstId: 0 }, /^firstId: /],
  [{ throttleMode: 'none' }, /^throttleMode: expected one of text, /],
])('refuses %j', async (options, message) => {
  await expect(startEmulator(options as EmulatorOptions)).rejects.toThrow(message);
});

test('a port that is taken is a RunError', async () => {
  const emulator = await startEmulator();
  const again = startEmulator({ port: emulator.port });
  await expect(again).rejects.toMatchObject({ code: 'ERR_EMULATOR_LISTEN', exitCode: 2 });
  await emulator.close();
});

test('answers wait between the shortest and the longest latency, on the clock it is given', async () => {
  const waits: number[] = [];
  const clock = { ...systemClock, sleep: async (ms: number) => void waits.push(ms) };
  const emulator = await startEmulator({ latencyMs: [20, 200], clock });
  for (let id = 1; id <= 50; id += 1) await patch(emulator, id, {});
  await emulator.close();
  expect(waits).toHaveLength(50);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(20);
  expect(Math.max(...waits)).toBeLessThanOrEqual(200);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(100);
});

test('tells of every request when it is over', async () => {
  const told: RequestSummary[] = [];
  const emulator = await startEmulator({ onRequest: (seen) => told.push(seen) });
  await patch(emulator, 1, { email: 'x@y.z', custom_attributes: { plan: 'x' } });
  await emulator.close();
  expect(told).toMatchObject([
    { method: 'PATCH', contactId: 1, status: 200, fields: ['email', 'custom_attributes.plan'] },
  ]);
});

test('a full journal counts on', async () => {
  const emulator = await startEmulator({ journalLimit: 1 });
  await patch(emulator, 1, { name: 'x' });
  await patch(emulator, 2, { name: 'x' });
  expect(emulator.journal).toHaveLength(1);
  expect(emulator.stats().writes).toBe(2);
  await emulator.close();
});
