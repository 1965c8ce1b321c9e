import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  NOT_THROTTLED,
  passed,
  type ThrottleState,
  throttled,
} from '../../../src/client/rate-limit/throttle-pause.ts';

const MINUTE = Date.UTC(2026, 10, 22, 2, 0, 0);
const NOW = MINUTE + 13_000;

/** Throttled answers one after the other, each to a request sent after the pause before it. */
function strikes(count: number, random = 0): ThrottleState[] {
  const states: ThrottleState[] = [];
  let state = NOT_THROTTLED;
  let now = NOW;
  for (let i = 0; i < count; i += 1) {
    state = throttled(state, { sentAt: now, now: now + 1, random });
    states.push(state);
    now = state.pausedUntil;
  }
  return states;
}

describe('without a wait named by the server', () => {
  test('1, 2, 4 seconds, then to the next full minute', () => {
    const pauses = strikes(5).map(({ pausedAt, pausedUntil }) => pausedUntil - pausedAt);
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    const [fourth, fifth] = strikes(5).slice(3);
    expect(fourth?.pausedUntil).toBe(MINUTE + 60_250);
    expect(fifth?.pausedUntil).toBe(MINUTE + 120_250);
  });

  test('jitter only prolongs', () => {
    const pauses = strikes(3, 0.999).map(({ pausedAt, pausedUntil }) => pausedUntil - pausedAt);
    expect(pauses).toEqual([1_250, 2_500, 4_999]);
  });
});

test('the wait that the server names is taken as it is, however long', () => {
  const state = throttled(NOT_THROTTLED, { sentAt: NOW, now: NOW, waitMs: 172_800_000, random: 0.9 });
  expect(state.pausedUntil).toBe(NOW + 172_800_000);
});

test('answers to requests sent before the pause are the same event', () => {
  const first = throttled(NOT_THROTTLED, { sentAt: NOW - 80, now: NOW, random: 0 });
  expect(throttled(first, { sentAt: NOW - 50, now: NOW + 20, random: 0 })).toBe(first);
  expect(throttled(first, { sentAt: NOW, now: NOW + 20, random: 0 })).toBe(first);
  const longer = throttled(first, { sentAt: NOW - 50, now: NOW + 20, waitMs: 9_000, random: 0 });
  expect(longer).toEqual({ ...first, pausedUntil: NOW + 9_020 });
});

test('an answer to a later request ends the stretch, one to an earlier does not', () => {
  const state = throttled(NOT_THROTTLED, { sentAt: NOW, now: NOW, random: 0 });
  expect(passed(state, NOW - 10)).toBe(state);
  expect(passed(state, state.pausedUntil)).toMatchObject({ strikes: 0, since: undefined });
  expect(passed(NOT_THROTTLED, NOW)).toBe(NOT_THROTTLED);
});

test('an unbroken stretch began with its first strike', () => {
  expect(new Set(strikes(6).map(({ since }) => since))).toEqual(new Set([NOW + 1]));
});

test('law: nobody goes on before a Retry-After is over, and a pause is never taken back', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const event = fc.record({
    gapMs: fc.nat(90_000),
    flightMs: fc.nat(30_000),
    waitMs: fc.option(fc.integer({ min: 1, max: 10_000_000 }), { nil: undefined }),
    isThrottled: fc.boolean(),
    random: chance,
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let state = NOT_THROTTLED;
      let now = NOW;
      for (const { gapMs, flightMs, waitMs, isThrottled, random } of events) {
        now += gapMs;
        const sentAt = now - flightMs;
        const before = state;
        if (isThrottled) {
          const asked = waitMs === undefined ? {} : { waitMs };
          state = throttled(state, { sentAt, now, random, ...asked });
          if (waitMs !== undefined) expect(state.pausedUntil).toBeGreaterThanOrEqual(now + waitMs);
        } else state = passed(state, sentAt);
        expect(state.pausedUntil).toBeGreaterThanOrEqual(before.pausedUntil);
        expect(state.since === undefined).toBe(state.strikes === 0);
      }
    }),
  );
});
