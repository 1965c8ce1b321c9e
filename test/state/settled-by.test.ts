import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparable } from '../../src/state/compare/hashed-patch.ts';
import type { ContactState } from '../../src/state/contact-state.ts';
import { contactOf, MemoryDisk, patchOf, stateOver } from './memory-storage.ts';

const ours = () => 'ours' as const;

/** A row of a column for the name and one for the e-mail; an empty one is kept. The cells differ where the patch does not. */
interface Cells {
  readonly name: string;
  readonly email: string;
  readonly blanks: number;
}

function rowOf({ name, email, blanks }: Cells, hasCells: boolean): Comparable {
  const patch = patchOf(1, { ...(name && { name }), ...(email && { email }) });
  return hasCells ? { ...patch, cells: cellsOf({ name, email, blanks }) } : patch;
}

function cellsOf({ name, email, blanks }: Cells): string {
  return JSON.stringify([name + ' '.repeat(blanks), email]);
}

type Step =
  | { readonly kind: 'sync'; readonly row: Cells; readonly end: 'delivered' | 'shown' | 'refused' | 'cut' }
  | { readonly kind: 'agent'; readonly name: string; readonly email: string }
  | { readonly kind: 'restart'; readonly mapping: string };

const value = fc.constantFrom('', 'A', 'B');
const email = fc.constantFrom('', 'a@x.de', 'A@x.de', 'b@x.de');
const cells = fc.record({ name: value, email, blanks: fc.integer({ min: 0, max: 1 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('sync' as const),
      row: cells,
      end: fc.constantFrom('delivered', 'shown', 'refused', 'cut'),
    }),
  },
  fc.record({ kind: fc.constant('agent' as const), name: value, email }),
  fc.record({ kind: fc.constant('restart' as const), mapping: fc.constantFrom('m1', 'm2') }),
);

async function take(state: ContactState, one: Step & { kind: 'sync' | 'agent' }, hasCells: boolean) {
  if (one.kind === 'agent') {
    state.learn(contactOf(1, { name: one.name || null, email: one.email || null }));
    return;
  }
  const row = rowOf(one.row, hasCells);
  const comparison = state.compare(row, ours);
  if (comparison.settled) return state.confirm(row, comparison);
  await state.doubt(row, comparison.send);
  if (one.end === 'refused') state.refused(row);
  else if (one.end !== 'cut') {
    state.delivered(row, comparison.send, one.end === 'shown' ? contactOf(1, row.body) : undefined);
  }
}

describe('a row known by its cells', () => {
  it('is one that the comparison of every field leaves alone, whatever came before', async () => {
    let known = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.array(cells, { minLength: 4 }),
        async (steps, rows) => {
          const [fast, slow] = [new MemoryDisk(), new MemoryDisk()];
          let states = [stateOver(fast), stateOver(slow)] as const;
          for (const one of steps) {
            if (one.kind === 'restart') {
              for (const state of states) await state.close();
              states = [stateOver(fast, one.mapping), stateOver(slow, one.mapping)];
            } else for (const [i, state] of states.entries()) await take(state, one, i === 0);
          }
          const asked = [...rows, ...steps.flatMap((one) => (one.kind === 'sync' ? [one.row] : []))];
          for (const row of asked) {
            const patch = rowOf(row, false);
            const bases = states[0].basesIfUnchanged(1, cellsOf(row), patch.fields);
            // neither knows anything of the patch at a glance: it is compared field by field
            const { send } = states[1].compare({ ...patch, cells: 'never seen' }, ours);
            expect(states[0].compare({ ...patch, cells: 'never seen' }, ours).send).toEqual(send);
            if (!bases) continue;
            known += 1;
            expect(send).toEqual([]);
            expect(bases).toEqual(patch.fields.map((path) => states[0].hashOf(path, patch.body[path])));
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(known).toBeGreaterThan(100);
  });

  it('is known after it was delivered, and after it was found to be there', async () => {
    const state = stateOver(new MemoryDisk());
    const row = { name: 'A', email: 'a@x.de', blanks: 0 };
    await take(state, { kind: 'sync', row, end: 'delivered' }, true);
    expect(state.basesIfUnchanged(1, cellsOf(row), ['email'])).toEqual([state.hashOf('email', 'a@x.de')]);

    const other = { ...row, blanks: 1 };
    expect(state.basesIfUnchanged(1, cellsOf(other), [])).toBeUndefined();
    await take(state, { kind: 'sync', row: other, end: 'cut' }, true);
    expect(state.basesIfUnchanged(1, cellsOf(other), [])).toEqual([]);
    expect(state.basesIfUnchanged(1, cellsOf(row), [])).toEqual([]);
  });

  it('is not known while a write is in doubt, under another mapping, of another contact, by other readers', async () => {
    const disk = new MemoryDisk();
    const state = stateOver(disk);
    const row = { name: 'A', email: '', blanks: 0 };
    await take(state, { kind: 'sync', row, end: 'cut' }, true);
    expect(state.basesIfUnchanged(1, cellsOf(row), [])).toBeUndefined();
    await take(state, { kind: 'sync', row, end: 'delivered' }, true);
    expect(state.basesIfUnchanged(1, cellsOf(row), [])).toEqual([]);
    expect(state.basesIfUnchanged(2, cellsOf(row), [])).toBeUndefined();
    await state.close();
    expect(stateOver(disk, 'm1').basesIfUnchanged(1, cellsOf(row), [])).toEqual([]);
    expect(stateOver(disk, 'm2').basesIfUnchanged(1, cellsOf(row), [])).toBeUndefined();
    expect(stateOver(disk, 'm1', 'newer').basesIfUnchanged(1, cellsOf(row), [])).toBeUndefined();
  });

  it('is not known where a field is asked for that was never sent', async () => {
    const state = stateOver(new MemoryDisk());
    const row = { name: 'A', email: '', blanks: 0 };
    await take(state, { kind: 'sync', row, end: 'delivered' }, true);
    expect(state.basesIfUnchanged(1, cellsOf(row), ['email'])).toBeUndefined();
  });
});
