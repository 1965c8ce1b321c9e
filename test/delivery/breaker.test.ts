import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alive, type BreakerState, CLOSED, faulted, probeLost, probing } from '../../src/delivery/breaker.ts';

/** Faults of the given contacts, one each 100 ms. */
function faults(contacts: readonly number[], inFlight = 50, from: BreakerState = CLOSED): BreakerState {
  return contacts.reduce<BreakerState>(
    (state, contactId, i) =>
      faulted(state, { contactId, inFlight, now: i * 100, random: 0.5, isProbe: false }),
    from,
  );
}

describe('opens', () => {
  test.each<[what: string, contacts: readonly number[], inFlight: number, kind: string]>([
    ['9 faults over 9 contacts', [1, 2, 3, 4, 5, 6, 7, 8, 9], 50, 'closed'],
    ['10 over 10', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 50, 'open'],
    ['10 over 3', [1, 2, 3, 1, 2, 3, 1, 2, 3, 1], 50, 'open'],
    ['10 over 2, many in flight', [1, 2, 1, 2, 1, 2, 1, 2, 1, 2], 50, 'closed'],
    ['20 over 2, then a third', [...Array(20).keys()].map((i) => i % 2).concat(7), 50, 'open'],
    ['10 over 2, which are all', [1, 2, 1, 2, 1, 2, 1, 2, 1, 2], 2, 'open'],
    ['10 of the only one', Array(10).fill(1), 1, 'open'],
    ['100 of one among many', Array(100).fill(1), 3, 'closed'],
  ])('%s: %s', (_what, contacts, inFlight, kind) => {
    expect(faults(contacts, inFlight).kind).toBe(kind);
  });

  test('not where an answer came in between', () => {
    const nine = faults([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(nine.kind).toBe('closed');
    expect(faults([1, 2, 3, 4, 5, 6, 7, 8, 9], 50, alive()).kind).toBe('closed');
  });

  test('with the time of the first fault, since that is when the outage began', () => {
    expect(faults([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toEqual({
      kind: 'open',
      since: 0,
      probes: 0,
      probeAt: 900 + 1_000,
    });
  });
});

describe('probes', () => {
  const open: BreakerState = { kind: 'open', since: 0, probes: 0, probeAt: 1_000 };

  test('when the time has come and not before', () => {
    expect(probing(open, 999)).toBe(open);
    expect(probing(open, 1_000)).toEqual({ kind: 'half-open', since: 0, probes: 0 });
    expect(probing(CLOSED, 1_000)).toBe(CLOSED);
  });

  test('at 1, 2, 4, 8, 16, then each 30 seconds, give or take a quarter', () => {
    for (const [random, factor] of [
      [0, 0.75],
      [0.5, 1],
      [1, 1.25],
    ] as const) {
      let state: BreakerState = open;
      const waits: number[] = [];
      for (let now = 0; waits.length < 7; ) {
        const half = probing(state, Number.POSITIVE_INFINITY);
        state = faulted(half, { contactId: 1, inFlight: 9, now, random, isProbe: true });
        if (state.kind !== 'open') throw new Error(state.kind);
        waits.push(state.probeAt - now);
        now = state.probeAt;
      }
      const seconds = [1, 2, 4, 8, 16, 30, 30].map((wait) => wait * 1_000 * factor);
      expect(waits).toEqual(seconds);
    }
  });

  test('a late fault of a request from before does not end the probe', () => {
    const half: BreakerState = { kind: 'half-open', since: 0, probes: 2 };
    expect(faulted(half, { contactId: 9, inFlight: 50, now: 5, random: 0, isProbe: false })).toBe(half);
  });

  test('a probe that was cut makes room for another at once', () => {
    const half: BreakerState = { kind: 'half-open', since: 0, probes: 2 };
    expect(probeLost(half, 700)).toEqual({ kind: 'open', since: 0, probes: 2, probeAt: 700 });
    expect(probeLost(open, 700)).toBe(open);
  });
});

test('law: once open it never closes without a sign of life, and only one probe is out', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('fault' as const), contactId: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('alive' as const), contactId: fc.nat(5) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), contactId: fc.nat(5) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('probe fails' as const), contactId: fc.nat(5) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('probe cut' as const), contactId: fc.nat(5) }) },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.nat(3_000)), { maxLength: 200 }), fc.nat(6), (steps, inFlight) => {
      let state: BreakerState = CLOSED;
      let probesOut = 0;
      let now = 0;
      for (const [{ kind, contactId }, gap] of steps) {
        now += gap;
        const before = state;
        const fault = { contactId, inFlight, now, random: 0.3 };
        if (kind === 'fault') state = faulted(state, { ...fault, isProbe: false });
        else if (kind === 'alive') {
          state = alive();
          probesOut = 0;
        } else if (kind === 'ask') {
          state = probing(state, now);
          if (state !== before) probesOut += 1;
        } else if (probesOut > 0) {
          state = kind === 'probe cut' ? probeLost(state, now) : faulted(state, { ...fault, isProbe: true });
          probesOut -= 1;
        }
        expect(probesOut).toBeLessThanOrEqual(1);
        if (before.kind !== 'closed' && kind !== 'alive') expect(state.kind).not.toBe('closed');
        if (before.kind !== 'closed' && state.kind !== 'closed') expect(state.since).toBe(before.since);
      }
    }),
  );
});
