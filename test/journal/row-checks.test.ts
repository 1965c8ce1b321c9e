import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowLine } from '../../src/journal/journal-lines.ts';
import { RowChecks } from '../../src/journal/row-checks.ts';

const LINE: RowLine = { type: 'row', row: 3, line: 4, status: 'updated', contact_id: 318763, at: '' };

test.each<[what: string, line: RowLine, contact: number | undefined, fits: boolean]>([
  ['the same contact', LINE, 318763, true],
  ['another one', LINE, 318764, false],
  ['one that the row cannot have', LINE, undefined, false],
  ['none where one was written', { ...LINE, contact_id: undefined } as never, 318763, false],
  ['none where none is needed', { type: 'row', row: 3, line: 4, status: 'invalid', at: '' }, 318763, true],
])('%s', (_what, line, contact, fits) => {
  const checks = new RowChecks();
  checks.add(line);
  expect([checks.fitsLine(0, 3, 4), checks.fitsLine(0, 3, 5)]).toEqual([true, false]);
  expect(checks.fitsContact(0, 3, contact)).toBe(fits);
  expect(checks.fitsLine(1, 3, 4), 'another input').toBe(false);
});

test('law: what was added fits; of 10,000 other numbers hardly one does', () => {
  const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.nat(2), fc.integer({ min: 1, max: 100_000 }), id, (input, row, contact_id) => {
      const checks = new RowChecks();
      checks.add({ ...LINE, input, row, line: row + 1, contact_id });
      expect(checks.fitsLine(input, row, row + 1)).toBe(true);
      expect(checks.fitsContact(input, row, contact_id)).toBe(true);
    }),
  );
  const checks = new RowChecks();
  checks.add(LINE);
  const others = Array.from({ length: 10_000 }, (_, i) => i + 400_000);
  expect(others.filter((other) => checks.fitsContact(0, 3, other)).length).toBeLessThan(10);
  expect(others.filter((other) => checks.fitsLine(0, 3, other)).length).toBeLessThan(10);
});
