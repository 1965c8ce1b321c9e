import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { systemClock as clock } from '../../src/core/clock.ts';
import type { Patch } from '../../src/core/types.ts';
import { type OpenStateOptions, openState } from '../../src/state/open-state.ts';
import type { State } from '../../src/state/state.ts';
import { storesBeside } from '../../src/state/storage/stores-beside.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { contactOf, patchOf } from './memory-storage.ts';

const ours = () => 'ours' as const;

test.each<
  [what: string, own: string, others: Readonly<Record<string, object>>, overlapping: string[], epoch: number]
>([
  ['alone', 'a', {}, [], 1],
  ['after shards', 'a', { a: { age: 3 }, 'a-1of2': { age: 4 } }, ['a-1of2'], 5],
  ['the newest first', 'a', { 'a-1of2': { age: 4 }, 'a-2of2': { age: 5 } }, ['a-2of2', 'a-1of2'], 6],
  ['a shard after all rows', 'a-1of2', { a: { age: 3 }, 'a-1of2': { age: 2 } }, ['a'], 4],
  ['a shard beside its sibling', 'a-1of2', { 'a-1of2': { age: 1 }, 'a-2of2': { age: 2 } }, [], 2],
  ['one by keys beside it', 'a-1of2', { 'a-2of2': { age: 2, crc32: 1, isKeyed: true } }, ['a-2of2'], 3],
  ['one by keys at work beside it', 'a-1of2', { 'a-2of2': { age: 2, isKeyed: true } }, ['a-2of2'], 2],
  ['one of version 1 beside it', 'a-1of2', { 'a-2of2': { version: 1, age: 7 } }, ['a-2of2'], 1],
  ['after another division', 'a-1of2', { 'a-1of2': { age: 1 }, 'a-1of3': { age: 2 } }, ['a-1of3'], 3],
  ['another account', 'a', { a: { age: 1 }, b: { age: 5 }, 'b-1of2': { age: 6 } }, [], 2],
  ['what was moved aside', 'a', { a: { age: 1 }, 'a.unreadable': { age: 5 } }, [], 2],
])('what lies beside a store: %s', (_what, own, others, overlapping, epoch) => {
  const dir = tempDir();
  for (const [name, more] of Object.entries(others)) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'state.json'), JSON.stringify({ version: 2, bytes: 0, ...more }));
  }
  const found = storesBeside(join(dir, own), false);
  expect([found.overlapping.map(({ path }) => path.slice(dir.length + 1)), found.epoch]).toEqual([
    overlapping,
    epoch,
  ]);
});

const NAME = 'contact';
const open = (dir: string, share = '', more: Partial<OpenStateOptions> = {}): Promise<State> =>
  openState(dir, NAME + share, 'm1', { clock, ...more });

/** One row: gives what had to be sent. */
async function send(state: State, patch: Patch): Promise<readonly string[]> {
  const comparison = state.compare(patch, ours);
  if (comparison.settled) state.confirm(patch, comparison);
  else {
    await state.doubt(patch, comparison.send);
    state.delivered(patch, comparison.send, undefined);
  }
  return comparison.send;
}

/** One run over one row. */
async function night(dir: string, share: string, patch: Patch, more: Partial<OpenStateOptions> = {}) {
  const state = await open(dir, share, more);
  const sent = await send(state, patch);
  await state.close();
  return { sent, notes: state.notes };
}

const named = (name: string, id = 7): Patch => patchOf(id, { name });
const KEYED = { isKeyed: true };

describe('a store reads what the others know', () => {
  it('of what was sent, of other fields and of nothing twice', async () => {
    const dir = tempDir();
    await night(dir, '', patchOf(7, { name: 'Anna', email: 'a@x.de' }, { plan: 'gold' }));
    expect((await night(dir, '-1of2', patchOf(7, { name: 'Anne' }, { plan: 'gold' }))).sent).toEqual([
      'name',
    ]);
    expect((await night(dir, '-2of3', patchOf(7, { email: 'a@x.de' }, { more: 'x' }))).sent).toEqual([
      'custom_attributes.more',
    ]);
    const all = patchOf(7, { name: 'Anne', email: 'a@x.de' }, { plan: 'gold', more: 'x' });
    for (const share of ['', '-1of2', '-2of3', '']) expect((await night(dir, share, all)).sent).toEqual([]);
    expect((await night(dir, '', patchOf(7, { name: 'Anna' }))).sent).toEqual(['name']);
  });

  it('what is in doubt there is in doubt here', async () => {
    const dir = tempDir();
    await night(dir, '', named('Anna'));
    const shard = await open(dir, '-1of2');
    await shard.doubt(named('Anne'), ['name']);
    await shard.close();
    expect((await night(dir, '', named('Anna'))).sent).toEqual(['name']);
    expect((await night(dir, '-1of2', named('Anna'))).sent).toEqual([]);
  });

  it('what a shard was sending when it was killed is in doubt here, whatever its database has', async () => {
    const dir = tempDir();
    await night(dir, '', patchOf(7, { name: 'Anna', email: 'a@x.de' }));
    const all = await open(dir);
    all.beginPull();
    all.learn(contactOf(7, { name: 'Anna', email: 'a@x.de' }));
    await all.endPull();
    await all.close();
    // this process keeps it open, as a killed one has left it: only the log is on the disk
    const killed = await open(dir, '-1of2', KEYED);
    await killed.doubt(patchOf(7, { name: 'Anne', email: 'b@x.de' }), ['name', 'email']);
    const later = await open(dir);
    expect(later.find({ field: 'email', value: 'b@x.de' })).toEqual([7]);
    expect(later.isDoubtful({ field: 'email', value: 'b@x.de' })).toBe(true);
    expect(later.find({ field: 'email', value: 'a@x.de' })).toEqual([7]);
    expect(await send(later, named('Anna'))).toEqual(['name']);
    expect(later.compare(named('Anna'), ours).send).toEqual([]);
    await later.close();
    await killed.close();
  });

  it('what a killed run was sending is no longer in doubt once a shard has sent it', async () => {
    const dir = tempDir();
    await night(dir, '', named('Anna'));
    // this process keeps it open, as a killed one has left it: only the log is on the disk
    const killed = await open(dir);
    await killed.doubt(named('Anne'), ['name']);
    expect((await night(dir, '-1of2', named('Anne'))).sent).toEqual(['name']);
    expect((await night(dir, '', named('Anne'))).sent).toEqual([]);
    await killed.close();
  });

  it('what a pull read finds contacts by their keys, and is as complete', async () => {
    const dir = tempDir();
    const all = await open(dir);
    all.beginPull();
    for (let id = 1; id <= 20; id++) all.learn(contactOf(id, { email: `${id}@x.de`, name: 'Anna' }));
    await all.endPull();
    await all.close();
    const shard = await open(dir, '-1of2', KEYED);
    expect([shard.isComplete, shard.find({ field: 'email', value: '7@x.de' })]).toEqual([true, [7]]);
    expect(await send(shard, named('Anna'))).toEqual([]);
    // the key moves, and the shard that has it now says so
    await send(shard, patchOf(7, { email: 'new@x.de' }));
    await send(shard, patchOf(8, { email: '7@x.de' }));
    await shard.close();
    const again = await open(dir, '-2of2', KEYED);
    expect(again.find({ field: 'email', value: '7@x.de' })).toEqual([8]);
    expect(again.find({ field: 'email', value: 'new@x.de' })).toEqual([7]);
    await again.close();
  });

  it('a pull that goes on counts whom shards met meanwhile, and nobody else', async () => {
    const dir = tempDir();
    const begun = await open(dir);
    begun.learn(contactOf(4, { email: '4@x.de' }));
    begun.learn(contactOf(5)); // without any key it is in no list
    begun.beginPull();
    for (const id of [1, 2]) begun.learn(contactOf(id, { email: `${id}@x.de` }));
    await begun.progressPull({ page: 2 });
    await begun.close();
    await night(dir, '-1of2', patchOf(3, { email: '3@x.de' }));
    const confirmed = await open(dir, '-1of2');
    const kept = patchOf(2, { email: '2@x.de' });
    confirmed.confirm(kept, confirmed.compare(kept, ours));
    await confirmed.close();
    const ended = await open(dir);
    expect(ended.beginPull().cursor).toEqual({ page: 2 });
    expect(await ended.countMet()).toBe(3);
    expect(await ended.endPull()).toEqual({ contacts: 3, dropped: 1 });
    await ended.close();
  });

  it('a dry run as well, which writes nothing', async () => {
    const dir = tempDir();
    await night(dir, '', named('Anna'));
    await night(dir, '-1of2', named('Anne'));
    const files = () =>
      readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(mdb|json)$/.test(name) && !name.endsWith('lock.mdb'))
        .map((name) => [name, readFileSync(join(dir, name)).toString('base64')]);
    const before = files();
    for (const share of ['', '-2of2', '-1of3']) {
      const dry = await open(dir, share, { readOnly: true, ...KEYED });
      expect([dry.compare(named('Anne'), ours).send, dry.compare(named('Anna'), ours).send]).toEqual([
        [],
        ['name'],
      ]);
      await dry.close();
    }
    expect(files()).toEqual(before);
  });
});

describe('what cannot be known is sent', () => {
  it.each([
    ['in the order in which they began', 0, 1],
    ['in the other one', 1, 0],
  ])('what two shards that worked side by side wrote to one contact, %s', async (_how, first, last) => {
    for (const name of ['Anna', 'Anne']) {
      const dir = tempDir();
      const states = [await open(dir, '-1of2', KEYED), await open(dir, '-2of2', KEYED)];
      for (const [i, sent] of [
        [first, 'Anna'],
        [last, 'Anne'],
      ] as const) {
        const state = states[i];
        if (state) await send(state, named(sent));
      }
      await Promise.all(states.map((state) => state.close()));
      expect((await night(dir, '-1of2', named(name), KEYED)).sent).toEqual(['name']);
      expect((await night(dir, '', named(name))).sent).toEqual([]);
    }
  });

  const damage = (dir: string, store: string): void => {
    writeFileSync(join(dir, store, 'data.mdb'), Buffer.alloc(40_960, 7));
  };

  it('after another store was damaged, once', async () => {
    const dir = tempDir();
    await night(dir, '', named('Anna'));
    await night(dir, '-1of2', named('Anne'));
    damage(dir, `${NAME}-1of2`);
    const dry = await open(dir, '', { readOnly: true });
    expect(dry.compare(named('Anna'), ours).send).toEqual(['name']);
    await dry.close();
    const first = await night(dir, '', named('Anna'));
    expect(first).toEqual({ sent: ['name'], notes: [expect.stringMatching(/contact-1of2 cannot be read/)] });
    expect((await night(dir, '', named('Anna'))).sent).toEqual([]);
  });

  it('after one was damaged, moved aside by its own shard, and begun anew', async () => {
    const dir = tempDir();
    await night(dir, '', named('Anna'));
    await night(dir, '-1of2', named('Anne'));
    damage(dir, `${NAME}-1of2`);
    await night(dir, '-1of2', named('Bert', 8));
    expect(readdirSync(dir)).toContain(`${NAME}-1of2.unreadable`);
    expect((await night(dir, '', named('Anna'))).sent).toEqual(['name']);
    for (const share of ['', '-1of2']) expect((await night(dir, share, named('Anna'))).sent).toEqual([]);
  });
});

describe('stores of 0.1, each with a count and a salt of its own', () => {
  /** As 0.1 left it: the stamp says no more than version and size. */
  const made = async (dir: string, share: string, ...patches: Patch[]): Promise<void> => {
    const place = tempDir();
    for (const patch of patches) await night(place, share, patch);
    const stamp = join(place, NAME + share, 'state.json');
    const { bytes, crc32 } = JSON.parse(readFileSync(stamp, 'utf8'));
    writeFileSync(stamp, JSON.stringify({ version: 1, bytes, crc32 }));
    renameSync(join(place, NAME + share), join(dir, NAME + share));
  };

  it('of all rows: nothing is sent twice, by whomever', async () => {
    const dir = tempDir();
    await made(dir, '', named('Anna'), named('Anna', 8));
    expect((await night(dir, '-1of2', named('Anna'))).sent).toEqual([]);
    expect((await night(dir, '', named('Anna', 8))).sent).toEqual([]);
    expect((await night(dir, '-1of2', named('Anne'))).sent).toEqual(['name']);
    expect((await night(dir, '', named('Anna'))).sent).toEqual(['name']);
  });

  it('whose count is higher than that of all stores together: what came later counts', async () => {
    const dir = tempDir();
    await made(dir, '', ...Array.from({ length: 5 }, (_, i) => named(i % 2 === 0 ? 'Anna' : 'Anne')));
    expect((await night(dir, '-1of2', named('Anne'))).sent).toEqual(['name']);
    expect((await night(dir, '-1of2', named('Anna'))).sent).toEqual(['name']);
  });

  it('of shards by keys: one that is begun anew brings nothing older back', async () => {
    const dir = tempDir();
    await made(dir, '-1of2', named('Bert', 8));
    await made(dir, '-2of2', named('Anna'));
    expect((await night(dir, '-1of2', named('Anne'), KEYED)).sent).toEqual(['name']);
    await night(dir, '-2of2', named('Carl', 9), KEYED);
    await night(dir, '', named('Dora', 10));
    const anew = await night(dir, '-1of2', named('Emil', 11), KEYED);
    expect(anew.notes).toEqual([expect.stringContaining('begun anew with what that one knows')]);
    expect((await night(dir, '', named('Anna'))).sent).toEqual(['name']);
  });

  it('of shards that have no contact in common: nothing is sent twice', async () => {
    const dir = tempDir();
    await made(dir, '-1of2', named('Anna'));
    await made(dir, '-2of2', named('Bert', 8));
    expect((await night(dir, '-1of2', named('Anna'))).sent).toEqual([]);
    expect((await night(dir, '-2of2', named('Bert', 8))).sent).toEqual([]);
  });

  it('of both: what each says of one contact is sent, and soon all know it', async () => {
    const dir = tempDir();
    await made(dir, '', named('Anna'), named('Bert', 8));
    await made(dir, '-1of2', named('Anne'), named('Carl', 9));
    expect((await night(dir, '', named('Anna'))).sent).toEqual(['name']);
    expect((await night(dir, '', named('Bert', 8))).sent).toEqual([]);
    expect((await night(dir, '-1of2', named('Anna'))).sent).toEqual([]);
    for (const share of ['', '-1of2', '-2of3', '']) {
      const sent = (await night(dir, share, named('Carl', 9))).sent;
      expect(sent).toEqual(share === '' && !readdirSync(dir).includes(`${NAME}-2of3`) ? ['name'] : []);
      expect((await night(dir, share, named('Anna'))).sent).toEqual([]);
    }
  });
});

it('whatever runs come in whatever order: nothing old counts as new, and nothing is sent twice', async () => {
  const rows = fc.array(fc.tuple(fc.nat(4), fc.constantFrom('A', 'B'), fc.boolean()), { maxLength: 6 });
  const one = fc.record({
    of: fc.constantFrom(0, 2, 3),
    isKeyed: fc.boolean(),
    /** Which shard has which contact when the keys share them out. */
    turn: fc.nat(2),
    isSideBySide: fc.boolean(),
    rows,
    ending: fc.constantFrom('closed', 'closed', 'closed', 'killed', 'damaged'),
  });
  let [kept, resent] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 2, maxLength: 8 }), async (nights) => {
      const dir = tempDir();
      /** What the account holds; undefined where a write has no answer. */
      const account = new Map<number, string | undefined>();
      let isSound = true;
      for (const { of, isKeyed, turn, isSideBySide, rows, ending } of nights) {
        const isByKeys = isKeyed && of > 0;
        const shares = of === 0 ? [''] : Array.from({ length: of }, (_, i) => `-${i + 1}of${of}`);
        const has = (i: number, contact: number): boolean =>
          of === 0 || (contact + (isByKeys ? turn : 0)) % of === i;
        const work = async (state: State, i: number): Promise<void> => {
          for (const [contact, name, isAnswered] of rows) {
            if (!has(i, contact)) continue;
            const patch = named(name, contact + 1);
            const comparison = state.compare(patch, ours);
            const isThere = account.get(contact) === name;
            if (comparison.settled) expect([contact, account.get(contact)]).toEqual([contact, name]);
            if (isSound && isThere) expect([comparison.settled, state.notes]).toEqual([true, []]);
            if (isThere) comparison.settled ? kept++ : resent++;
            if (comparison.settled) state.confirm(patch, comparison);
            else {
              await state.doubt(patch, comparison.send);
              account.set(contact, isAnswered ? name : undefined);
              if (isAnswered) state.delivered(patch, comparison.send, undefined);
              else state.undecided(patch);
            }
          }
        };
        const states: State[] = [];
        for (const [i, share] of shares.entries()) {
          const state = await open(dir, share, { isKeyed: isByKeys });
          states.push(state);
          if (isSideBySide) continue;
          await work(state, i);
          await state.close();
        }
        if (isSideBySide) {
          for (const [i, state] of states.entries()) await work(state, i);
          for (const state of states) await state.close();
        }
        if (ending === 'closed') continue;
        isSound = false;
        const store = join(dir, NAME + (shares[turn % shares.length] ?? ''));
        if (ending === 'damaged') writeFileSync(join(store, 'data.mdb'), Buffer.alloc(40_960, 7));
        else {
          const { crc32: _sum, ...stamp } = JSON.parse(readFileSync(join(store, 'state.json'), 'utf8'));
          writeFileSync(join(store, 'state.json'), JSON.stringify(stamp));
        }
      }
    }),
    { endOnFailure: true, numRuns: Number(process.env.RUNS ?? 12) },
  );
  expect(kept).toBeGreaterThan(resent);
}, 180_000);
