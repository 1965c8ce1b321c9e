import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SKIP_REASONS, STATUSES } from '../../src/core/types.ts';
import { FieldSets } from '../../src/journal/field-sets.ts';
import { rowLine } from '../../src/journal/journal-lines.ts';
import { rowText, sendingText } from '../../src/journal/row-text.ts';

const count = fc.nat();
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const fields = fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 });
const error = fc.record({ code: fc.string(), message: fc.string({ unit: 'binary' }) });

/** An outcome of any kind, with the number of its set of fields. */
const outcomes = fc.record({
  outcome: fc.record({
    status: fc.constantFrom(...STATUSES),
    reason: maybe(fc.constantFrom(...SKIP_REASONS)),
    contactId: maybe(count),
    httpStatus: maybe(count),
    attempts: maybe(count),
    durationMs: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
    fields: maybe(fields),
    notApplied: maybe(fields),
    conflicts: maybe(fields),
    dropped: maybe(fc.array(error, { maxLength: 1 })),
    error: maybe(error),
  }),
  inputs: fc.integer({ min: 1, max: 2 }),
  set: maybe(count),
  reject: maybe(fc.constant({ file: 'rejects.csv', end: 7 })),
});

test('a row line is spelled as JSON.stringify spells it', () => {
  const sets = new FieldSets();
  fc.assert(
    fc.property(outcomes, ({ outcome, inputs, set, reject }) => {
      const row = { input: 0, row: 3, line: 4, record: [] };
      const line = {
        ...rowLine(row, outcome, inputs, 0),
        ...(reject && { reject }),
        ...(set === undefined ? {} : { set }),
      };
      expect(rowText(line, (list) => sets.textOf(list))).toBe(JSON.stringify(line));
    }),
    { numRuns: 2_000 },
  );
});

test('so is a line that says what a row is about to send', () => {
  const line = fc.record(
    { input: count, set: count, position: fc.tuple(count, count, count) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(line, count, count, ({ input, set, position }, row, contact_id) => {
      const whole = {
        type: 'sending' as const,
        ...(input === undefined ? {} : { input }),
        row,
        contact_id,
        ...(set === undefined ? {} : { set }),
        ...(position === undefined ? {} : { position }),
      };
      expect(sendingText(whole)).toBe(JSON.stringify(whole));
    }),
  );
});
