import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  assumed,
  type BreakerState,
  CLOSED,
  failed,
  isOutage,
  probeLost,
  probing,
  questioned,
} from '../../../src/client/resilience/breaker-state.ts';

/** The state after so many failures, 100 ms apart, of requests that do not probe. */
function failures(count: number): BreakerState {
  let state: BreakerState = CLOSED;
  for (let i = 0; i < count; i += 1) state = failed(state, { now: i * 100, random: 0.5, isProbe: false });
  return state;
}

/** The state after its probe failed. */
const probeFailed = (state: BreakerState, now: number, random = 0.5): BreakerState =>
  failed(probing(state), { now, random, isProbe: true });

test('nine failures in a row leave requests flowing', () => {
  expect(failures(9)).toEqual({ kind: 'closed', failures: 9, since: 0 });
});

test('the tenth holds them, since the first, and the probe goes at once', () => {
  const state = failures(10);
  expect(state).toEqual({ kind: 'open', since: 0, failedProbes: 0, probeAt: 900 });
  expect(isOutage(state)).toBe(false);
});

test('a question holds them from the first failure on, and only where they flow', () => {
  expect(questioned(CLOSED, 5, 7)).toEqual({ kind: 'open', since: 5, failedProbes: 0, probeAt: 7 });
  expect(questioned(failures(3), 500, 500)).toMatchObject({ kind: 'open', since: 0, probeAt: 500 });
  const open = failures(10);
  expect(questioned(open, 1_000, 1_000)).toBe(open);
});

test('a failed probe makes it an outage, and the next waits 1, 2, 4, ... 30 s, with jitter', () => {
  let state = failures(10);
  const waits: number[] = [];
  for (let now = 10_000; waits.length < 7; now += 100_000) {
    state = probeFailed(state, now);
    expect(isOutage(state)).toBe(true);
    if (state.kind === 'open') waits.push(state.probeAt - now);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(probeFailed(failures(10), 0, 0)).toMatchObject({ probeAt: 750 });
  expect(probeFailed(failures(10), 0, 0.999)).toMatchObject({ probeAt: 1_249.5 });
});

test('several rows that fail and nothing to compare them with count as a failed probe', () => {
  expect(assumed(failures(10), 900, 0.5)).toEqual({
    kind: 'open',
    since: 0,
    failedProbes: 1,
    probeAt: 1_900,
  });
  expect(assumed(CLOSED, 900, 0.5)).toBe(CLOSED);
});

test('failures of requests from before say nothing while a probe is open or waited for', () => {
  for (const state of [failures(10), probing(failures(10))]) {
    expect(failed(state, { now: 5_000, random: 0, isProbe: false })).toBe(state);
  }
});

test('a probe that is cut makes way for another', () => {
  expect(probeLost(probing(failures(10)), 5_000)).toMatchObject({ kind: 'open', probeAt: 5_000 });
});

test('law: at most one probe is out, and an outage begins with a failed one', () => {
  const step = fc.constantFrom('fail', 'fail probe', 'good', 'question', 'probe', 'lost', 'assume');
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.nat(3_000)), { maxLength: 200 }), (steps) => {
      let state: BreakerState = CLOSED;
      let now = 0;
      let failedProbes = 0;
      for (const [what, ms] of steps) {
        now += ms;
        const isOut = state.kind === 'half-open';
        const before = state;
        if (what === 'fail') state = failed(state, { now, random: 0.3, isProbe: false });
        else if (what === 'fail probe' && isOut) {
          state = failed(state, { now, random: 0.3, isProbe: true });
          failedProbes += 1;
        } else if (what === 'good') {
          state = CLOSED;
          failedProbes = 0;
        } else if (what === 'question') state = questioned(state, now, now);
        else if (what === 'probe') state = probing(state);
        else if (what === 'lost') state = probeLost(state, now);
        else if (what === 'assume') {
          state = assumed(state, now, 0.3);
          if (state !== before) failedProbes += 1;
        }
        if (state.kind === 'half-open' && before.kind === 'half-open') expect(state).toBe(before);
        expect(isOutage(state)).toBe(state.kind !== 'closed' && failedProbes > 0);
        expect(state.since).toBeLessThanOrEqual(now);
      }
    }),
  );
});
