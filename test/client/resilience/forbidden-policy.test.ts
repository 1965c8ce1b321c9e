import { describe, expect, test } from 'vitest';
import {
  createForbiddenCourt,
  type ForbiddenCourt,
  type Ruling,
} from '../../../src/client/resilience/forbidden-policy.ts';

/** A court, how often it found the key at fault, and a way to see rulings as they come. */
function inCourt() {
  const seen = { refused: 0 };
  const court = createForbiddenCourt(() => {
    seen.refused += 1;
  });
  return { court, seen };
}

/** The ruling, or `held` while there is none. */
function soFar(ruling: Promise<Ruling>): Promise<Ruling | 'held'> {
  return Promise.race([ruling, new Promise<'held'>((resolve) => setImmediate(() => resolve('held')))]);
}

function holdMany(court: ForbiddenCourt, contacts: readonly number[]): Promise<Ruling>[] {
  return contacts.map((contactId) => court.hold(contactId));
}

describe('the contact is at fault', () => {
  test('once another gets a different answer', async () => {
    const { court, seen } = inCourt();
    const ruling = court.hold(1);
    court.different(1);
    expect(await soFar(ruling)).toBe('held');
    court.different(2);
    expect(await ruling).toBe('rejected');
    expect(seen.refused).toBe(0);
    expect(court.held).toBe(0);
  });

  test('at the end, if another ever got through', async () => {
    const { court, seen } = inCourt();
    court.different(2);
    const ruling = court.hold(1);
    expect(await soFar(ruling)).toBe('held');
    court.close();
    expect(await ruling).toBe('rejected');
    expect(seen.refused).toBe(0);
  });

  test('four in a row are not five', async () => {
    const { court } = inCourt();
    const rulings = [...holdMany(court, [1, 2, 3, 4])];
    court.different(9);
    rulings.push(...holdMany(court, [5, 6, 7, 8]));
    court.different(9);
    expect(await Promise.all(rulings)).toEqual(Array(8).fill('rejected'));
  });
});

describe('the key is at fault', () => {
  test('five in a row', async () => {
    const { court, seen } = inCourt();
    court.different(99);
    expect(await Promise.all(holdMany(court, [1, 2, 3, 4, 5]))).toEqual(Array(5).fill('pending'));
    expect(seen.refused).toBe(1);
  });

  test('what was in flight by then is held against no contact', async () => {
    const { court, seen } = inCourt();
    court.different(99);
    const rulings = holdMany(court, [1, 2, 3, 4, 5, 6, 7]);
    court.close();
    expect(await Promise.all(rulings)).toEqual(Array(7).fill('pending'));
    expect(seen.refused).toBe(1);
  });

  test('nothing but 403 until the end', async () => {
    const { court, seen } = inCourt();
    const rulings = holdMany(court, [1, 2]);
    court.close();
    expect(await Promise.all(rulings)).toEqual(['pending', 'pending']);
    expect(seen.refused).toBe(1);
  });

  test('a contact cannot testify for itself', async () => {
    const { court, seen } = inCourt();
    court.different(1);
    const ruling = court.hold(1);
    court.close();
    expect(await ruling).toBe('pending');
    expect(seen.refused).toBe(1);
  });
});

test('closing an empty court says nothing', () => {
  const { court, seen } = inCourt();
  court.close();
  expect(seen.refused).toBe(0);
});
