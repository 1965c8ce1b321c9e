import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { becameOf } from '../../../../src/commands/run/undo/undo-summary.ts';
import type { RowLine } from '../../../../src/journal/journal-lines.ts';

const LINE = { all: 5, newer: 1, not_reversible: 1 };
const paths = (n: number): string[] => Array.from({ length: n }, (_, i) => `custom_attributes.${i}`);

describe('what became of the five fields of a line, of which one is newer and one has no way back', () => {
  it.each<[row: Pick<RowLine, 'status' | 'fields' | 'kept'>, buckets: object]>([
    [{ status: 'updated', fields: paths(3) }, { reversed: 3 }],
    [
      { status: 'updated', fields: paths(1) },
      { reversed: 1, already: 2 },
    ],
    [
      { status: 'updated', fields: paths(1), kept: { edited: paths(1) } },
      { reversed: 1, already: 1, edited: 1 },
    ],
    [
      { status: 'updated', fields: paths(2), kept: { newer: paths(1) } },
      { reversed: 2, newer: 2 },
    ],
    [{ status: 'unchanged' }, { already: 3 }],
    [
      { status: 'unchanged', kept: { not_reversible: paths(1) } },
      { already: 2, not_reversible: 2 },
    ],
    [{ status: 'skipped', kept: { edited: paths(3) } }, { edited: 3 }],
    [{ status: 'superseded' }, { newer: 4 }],
    [{ status: 'planned', fields: paths(3) }, { planned: 3 }],
    [{ status: 'rejected' }, { failed: 3 }],
    [
      { status: 'failed', kept: { edited: paths(1) } },
      { failed: 2, edited: 1 },
    ],
  ])('%j', (row, buckets) => {
    const none = { reversed: 0, already: 0, edited: 0, failed: 0, pending: 0, planned: 0 };
    expect(becameOf(LINE, row)).toEqual({ ...none, newer: 1, not_reversible: 1, ...buckets });
  });

  it('the buckets add up', () => {
    const few = fc.nat({ max: 3 });
    const status = fc.constantFrom<RowLine['status']>(
      'updated',
      'unchanged',
      'failed',
      'superseded',
      'planned',
    );
    fc.assert(
      fc.property(status, few, few, few, few, (status, sent, edited, newer, already) => {
        const all = sent + edited + newer + already;
        const kept = { edited: paths(edited), newer: paths(newer) };
        const fields = status === 'updated' ? { fields: paths(sent) } : {};
        const became = becameOf({ all, newer: 0, not_reversible: 0 }, { status, ...fields, kept });
        expect(Object.values(became).reduce((sum, n) => sum + n, 0)).toBe(all);
        expect(Math.min(...Object.values(became))).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('more fields sent than there are is a fault of ours', () => {
    expect(() => becameOf(LINE, { status: 'updated', fields: paths(4) })).toThrow(/add up/);
  });
});
