import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ROWS_NAMED, mergeChanges } from '../../../../src/commands/run/changes/merge-changes.ts';
import { PlannedChanges } from '../../../../src/commands/run/changes/planned-changes.ts';
import { isSame } from '../../../../src/commands/run/stages/decide-changes.ts';
import type { ChangeLine } from '../../../../src/journal/change-line.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

type Values = Readonly<Record<string, string | null>>;

const PATHS = ['name', 'email', 'custom_attributes.tier'];
const VALUE = fc.constantFrom('a', 'b', 'c', null);
const VALUES = fc.record(Object.fromEntries(PATHS.map((path) => [path, VALUE])));
/** What a row sets: some of the fields. */
const ROW = fc.record(Object.fromEntries(PATHS.map((path) => [path, VALUE])), { requiredKeys: [] });

/** The changes that rows make, one after the other, of a contact that holds `held`; and what it holds in the end. */
function changesOf(held: Values, rows: readonly Partial<Values>[]): [ChangeLine[], Values] {
  const now = { ...held };
  const lines: ChangeLine[] = [];
  for (const [i, row] of rows.entries()) {
    const fields: Record<string, { from: string | null; to: string | null }> = {};
    for (const [path, to] of Object.entries(row)) {
      if (to === undefined || isSame(path, now[path], to)) continue;
      fields[path] = { from: now[path] ?? null, to };
      now[path] = to;
    }
    if (Object.keys(fields).length > 0)
      lines.push({ contact: 1, fields, rows: [{ row: i + 1, line: i + 2 }] });
  }
  return [lines, now];
}

describe('several rows of a contact', () => {
  it('law: their line takes the contact from what it held to where the rows, one by one, would have brought it', () => {
    fc.assert(
      fc.property(VALUES, fc.array(ROW, { maxLength: 8 }), (held, rows) => {
        const [lines, end] = changesOf(held, rows);
        const merged = lines.reduce<ChangeLine | undefined>(mergeChanges, undefined);
        const fields = merged?.fields ?? {};
        for (const path of PATHS) {
          const change = fields[path];
          if (isSame(path, held[path], end[path])) expect(change).toBeUndefined();
          else expect(change).toEqual({ from: held[path], to: end[path] });
        }
        expect(merged?.rows ?? []).toEqual(lines.flatMap((line) => line.rows));
      }),
    );
  });

  it('law: however the rows are put together, the line is the same', () => {
    fc.assert(
      fc.property(VALUES, fc.array(ROW, { minLength: 2, maxLength: 6 }), fc.nat(6), (held, rows, at) => {
        const [lines] = changesOf(held, rows);
        const join = (some: readonly ChangeLine[]) =>
          some.reduce<ChangeLine | undefined>(mergeChanges, undefined);
        const [first, last] = [join(lines.slice(0, at)), join(lines.slice(at))];
        const parted = first && last ? mergeChanges(first, last) : (first ?? last);
        expect(parted?.fields ?? {}).toEqual(join(lines)?.fields ?? {});
      }),
    );
  });

  it('names some rows, and counts the rest', () => {
    const rows = Array.from({ length: MAX_ROWS_NAMED + 5 }, (_, i) => ({ name: String(i) }));
    const [lines] = changesOf({ name: null }, rows);
    const merged = lines.reduce<ChangeLine | undefined>(mergeChanges, undefined);
    expect([merged?.rows.length, merged?.more_rows]).toEqual([MAX_ROWS_NAMED, 5]);
  });

  it('stand in a file, a line a contact, in the order in which contacts were first changed', () => {
    using planned = new PlannedChanges(`${tempDir()}/plan.part`);
    const change = (contact: number, from: string, to: string): ChangeLine => ({
      contact,
      fields: { name: { from, to } },
      rows: [{ row: contact, line: contact + 1 }],
    });
    for (const line of [change(7, 'a', 'ä'), change(3, 'a', 'b'), change(7, 'ä', 'c'), change(5, 'x', 'y')]) {
      planned.add(line);
    }
    planned.add(change(5, 'y', 'x'));
    expect([...planned.lines()].map(({ contact, fields }) => [contact, fields['name']])).toEqual([
      [7, { from: 'a', to: 'c' }],
      [3, { from: 'a', to: 'b' }],
    ]);
    expect([planned.has(5), planned.has(6), planned.of(6)]).toEqual([true, false, undefined]);
  });
});
