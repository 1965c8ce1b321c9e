import { describe, expect, test } from 'vitest';
import { Meter, type Moment, whatHolds } from '../../src/telemetry/meter.ts';

test.each<[what: string, moment: Partial<Moment>, utilization: number, held: string]>([
  ['a pause', { isServerWait: true, waitingForRate: 5, isFull: true }, 1, 'server'],
  ['a busy processor', { waitingForRate: 5, isFull: true }, 0.95, 'cpu'],
  ['rows that wait for a permit', { waitingForRate: 5, isFull: true }, 0.5, 'rate'],
  ['every place taken', { isFull: true, isLookingUp: true }, 0.5, 'concurrency'],
  ['rows whose contact is not found yet', { isLookingUp: true }, 0.1, 'lookups'],
  ['nothing to do', {}, 0, 'input'],
])('%s', (_what, moment, utilization, held) => {
  const idle: Moment = { isServerWait: false, waitingForRate: 0, isFull: false, isLookingUp: false };
  expect(whatHolds({ ...idle, ...moment }, utilization)).toBe(held);
});

describe('Meter', () => {
  test('is all zeros before the first request', () => {
    const meter = new Meter();
    expect(meter.latency()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
    expect([meter.achieved(), meter.heldBackBy()]).toEqual([0, null]);
  });

  test('latency in milliseconds', () => {
    const meter = new Meter();
    for (let ms = 1; ms <= 100; ms += 1) meter.replied(ms, 1_000 + ms);
    const { p50, p95, max } = meter.latency();
    expect(p50).toBeCloseTo(50, 0);
    expect(p95).toBeCloseTo(95, 0);
    expect(max).toBeCloseTo(100, 0);
  });

  test('achieved rate, from the first request to the last reply', () => {
    const meter = new Meter();
    for (let i = 0; i < 50; i += 1) meter.replied(100, 100 + i * 20);
    expect(meter.achieved()).toBeCloseTo(50 / 1.08, 1);
  });

  test('recent rate, over two seconds and more', () => {
    const meter = new Meter();
    expect(meter.recentRate(10)).toBe(0);
    for (let i = 0; i < 30; i += 1) meter.replied(1, 100);
    expect(meter.recentRate(1_000)).toBe(0);
    expect(meter.recentRate(3_010)).toBe(10);
    expect(meter.recentRate(3_020)).toBe(10);
  });
});
