import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alive,
  type BreakerState,
  CLOSED,
  doubted,
  faulted,
  givenUp,
  probeLost,
  probing,
  unheard,
} from '../../../src/client/resilience/breaker-state.ts';

/** Faults of the given contacts, one each 100 ms. */
function faults(contacts: readonly number[], inFlight = 50, from: BreakerState = CLOSED): BreakerState {
  return contacts.reduce<BreakerState>(
    (state, contactId, i) =>
      faulted(state, { contactId, inFlight, now: i * 100, random: 0.5, isProbe: false }),
    from,
  );
}

const NOBODY: ReadonlySet<number> = new Set();
const OPEN = { kind: 'open', since: 0, probes: 0, probeAt: 1_000, suspects: NOBODY, isDoubt: false } as const;
const HALF_OPEN = { kind: 'half-open', since: 0, probes: 2, suspects: NOBODY, isDoubt: false } as const;
const TEN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

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
    const after = alive(nine, { contactId: 11, isWell: false });
    expect(faults([1, 2, 3, 4, 5, 6, 7, 8, 9], 50, after).kind).toBe('closed');
  });

  test('with the time of the first fault, since that is when the outage began', () => {
    expect(faults(TEN)).toEqual({ ...OPEN, probeAt: 900 + 1_000, suspects: new Set(TEN) });
  });
});

describe('probes', () => {
  test('when the time has come and not before', () => {
    expect(probing(OPEN, 999)).toBe(OPEN);
    expect(probing(OPEN, 1_000)).toEqual({ ...HALF_OPEN, probes: 0 });
    expect(probing(CLOSED, 1_000)).toBe(CLOSED);
  });

  test('at 1, 2, 4, 8, 16, then each 30 seconds, give or take a quarter', () => {
    for (const [random, factor] of [
      [0, 0.75],
      [0.5, 1],
      [1, 1.25],
    ] as const) {
      let state: BreakerState = OPEN;
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
    const fault = { contactId: 9, inFlight: 50, now: 5, random: 0, isProbe: false };
    expect(faulted(HALF_OPEN, fault)).toEqual({ ...HALF_OPEN, suspects: new Set([9]) });
  });

  test('a probe that was cut makes room for another at once', () => {
    expect(probeLost(HALF_OPEN, 700)).toEqual({ ...OPEN, probes: 2, probeAt: 700 });
    expect(probeLost(OPEN, 700)).toBe(OPEN);
  });
});

describe('suspects', () => {
  const well = (state: BreakerState, contactId: number) => alive(state, { contactId, isWell: true });

  test('are those that had faults when somebody else was answered well, until they are answered', () => {
    const after = well(faults(TEN), 11);
    expect(after).toEqual({ ...CLOSED, suspects: new Set(TEN) });
    expect(well(after, 4)).toEqual({ ...CLOSED, suspects: new Set(TEN.filter((id) => id !== 4)) });
    expect(givenUp(after, 4)).toEqual({ ...CLOSED, suspects: new Set(TEN.filter((id) => id !== 4)) });
    expect(TEN.reduce(well, after)).toBe(CLOSED);
  });

  test('are nobody where the answer was no good one: a gateway may answer for a service that is down', () => {
    expect(alive(faults(TEN), { contactId: 11, isWell: false })).toBe(CLOSED);
  });

  test('do not open the breaker again, and others do', () => {
    const after = well(faults(TEN), 11);
    expect(faults([...TEN, ...TEN, ...TEN], 50, after)).toBe(after);
    expect(faults([...TEN, 21, 22, 23, 24, 25, 26, 27, 28, 29], 50, after).kind).toBe('closed');
    expect(faults([21, 22, 23, 24, 25, 26, 27, 28, 29, 30], 50, after)).toMatchObject({
      kind: 'open',
      suspects: new Set([...TEN, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]),
    });
  });

  test('that cannot even be connected to are in an outage like others', () => {
    const late = { attempts: 1, isLast: true, isUnsent: true };
    const after = well(faults(TEN), 11);
    const fault = { contactId: 4, inFlight: 50, now: 0, random: 0.5, isProbe: false, late };
    expect(faulted(after, fault).kind).toBe('open');
  });
});

describe('in doubt', () => {
  const doubt = doubted(faults([1, 2]), 2, 300, 400);

  test('the breaker is open for a look', () => {
    const looking = { ...OPEN, probeAt: 400, suspects: new Set([1, 2]), isDoubt: true };
    expect(doubt).toEqual(looking);
    expect(doubted(OPEN, 2, 300, 400)).toBe(OPEN);
  });

  test('a look that fails makes an outage of it', () => {
    const half = probing(doubt, 400);
    const fault = { contactId: 3, inFlight: 50, now: 500, random: 0.5, isProbe: true };
    expect(faulted(half, fault)).toMatchObject({ kind: 'open', isDoubt: false, probeAt: 1_500 });
  });

  test.each<[what: string, contacts: readonly number[], kind: string]>([
    ['several contacts in trouble are an outage', [1, 2], 'open'],
    ['one is its own trouble', [2], 'closed'],
  ])('and nobody to be asked: %s', (_what, contacts, kind) => {
    const end = unheard(doubted(faults(contacts), 2, 300, 400), 400, 0.5);
    expect(end).toMatchObject(kind === 'open' ? { kind, isDoubt: false, probeAt: 1_400 } : { kind });
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
          state = alive(state, { contactId, isWell: inFlight > 3 });
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
