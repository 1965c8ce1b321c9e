import { describe, expect, test } from 'vitest';
import {
  createForbiddenPolicy,
  type ForbiddenPolicy,
  type Ruling,
} from '../../../src/client/resilience/forbidden-policy.ts';

/** A policy, and how often it found the key at fault. */
function atPolicy() {
  const seen = { refused: 0 };
  const forbidden = createForbiddenPolicy(() => {
    seen.refused += 1;
  });
  return { forbidden, seen };
}

/** The ruling, or `held` while there is none. */
function soFar(ruling: Promise<Ruling>): Promise<Ruling | 'held'> {
  return Promise.race([ruling, new Promise<'held'>((resolve) => setImmediate(() => resolve('held')))]);
}

function holdMany(forbidden: ForbiddenPolicy, contacts: readonly number[]): Promise<Ruling>[] {
  return contacts.map((contactId) => forbidden.hold(contactId));
}

describe('the contact is at fault', () => {
  test('once another gets a different answer', async () => {
    const { forbidden, seen } = atPolicy();
    const ruling = forbidden.hold(1);
    forbidden.different(1);
    expect(await soFar(ruling)).toBe('held');
    forbidden.different(2);
    expect(await ruling).toBe('rejected');
    expect(seen.refused).toBe(0);
    expect(forbidden.held).toBe(0);
  });

  test('at the end, if another ever got through', async () => {
    const { forbidden, seen } = atPolicy();
    forbidden.different(2);
    const ruling = forbidden.hold(1);
    expect(await soFar(ruling)).toBe('held');
    forbidden.close();
    expect(await ruling).toBe('rejected');
    expect(seen.refused).toBe(0);
  });

  test('five in a row, where another one is left and gets a different answer', async () => {
    const { forbidden, seen } = atPolicy();
    const rulings = holdMany(forbidden, [1, 2, 3, 4, 5, 6, 7]);
    expect(await soFar(rulings[0] ?? Promise.reject())).toBe('held');
    forbidden.different(8);
    expect(await Promise.all(rulings)).toEqual(Array(7).fill('rejected'));
    expect(seen.refused).toBe(0);
  });

  test('four in a row are not five', async () => {
    const { forbidden } = atPolicy();
    const rulings = [...holdMany(forbidden, [1, 2, 3, 4])];
    forbidden.different(9);
    rulings.push(...holdMany(forbidden, [5, 6, 7, 8]));
    forbidden.different(9);
    expect(await Promise.all(rulings)).toEqual(Array(8).fill('rejected'));
  });
});

describe('the key is at fault', () => {
  test('five in a row with no other one left to send', async () => {
    const { forbidden, seen } = atPolicy();
    forbidden.different(99);
    const rulings = holdMany(forbidden, [1, 2, 3, 4, 5]);
    forbidden.close();
    expect(await Promise.all(rulings)).toEqual(Array(5).fill('pending'));
    expect(seen.refused).toBe(1);
  });

  test('what was in flight by then is held against no contact', async () => {
    const { forbidden, seen } = atPolicy();
    forbidden.different(99);
    const rulings = holdMany(forbidden, [1, 2, 3, 4, 5]);
    forbidden.close();
    rulings.push(...holdMany(forbidden, [6, 7]));
    expect(await Promise.all(rulings)).toEqual(Array(7).fill('pending'));
    expect(seen.refused).toBe(1);
  });

  test('nothing but 403 until the end', async () => {
    const { forbidden, seen } = atPolicy();
    const rulings = holdMany(forbidden, [1, 2]);
    forbidden.close();
    expect(await Promise.all(rulings)).toEqual(['pending', 'pending']);
    expect(seen.refused).toBe(1);
  });

  test('an answer for a contact says nothing of its own 403', async () => {
    const { forbidden, seen } = atPolicy();
    forbidden.different(1);
    const ruling = forbidden.hold(1);
    forbidden.close();
    expect(await ruling).toBe('pending');
    expect(seen.refused).toBe(1);
  });
});

test('closing without any held says nothing', () => {
  const { forbidden, seen } = atPolicy();
  forbidden.close();
  expect(seen.refused).toBe(0);
});
