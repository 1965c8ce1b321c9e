import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { nights } from '../helpers/nights.ts';

const MAPPING = 'contact_id: id\nfields: { name: name, phone_number: { column: phone, type: phone } }\n';
const GERMAN =
  'version: 1\ncontact_id: id\nfields: { name: name, phone_number: { column: phone, type: phone, country: DE } }\n';

/** A row as the sequence draws it: a kept phone, a good one, or one that only the German mapping can read. */
interface DrawnRow {
  readonly contact: number;
  readonly hasName: boolean;
  readonly phone: 'kept' | 'good' | 'bad';
}

interface DrawnRun {
  readonly kind: 'run';
  readonly rows: readonly DrawnRow[];
  readonly limit: number;
}

/** Goes back to the n-th run of those before it, counted from the last. */
interface DrawnReturn {
  readonly kind: 'resume' | 'retry' | 'rejects';
  readonly back: number;
}

type Step = (DrawnRun | DrawnReturn) & { readonly clockDays: number };

const row = fc.record({
  contact: fc.integer({ min: 1, max: 2 }),
  hasName: fc.boolean(),
  phone: fc.constantFrom('kept' as const, 'good' as const, 'bad' as const, 'bad' as const),
});
const run = fc.record({
  kind: fc.constant('run' as const),
  rows: fc.array(row, { minLength: 1, maxLength: 4 }),
  limit: fc.integer({ min: 1, max: 6 }),
});
const back = fc.record({
  kind: fc.constantFrom('resume' as const, 'retry' as const, 'rejects' as const),
  back: fc.nat(3),
});
const step: fc.Arbitrary<Step> = fc
  .tuple(fc.oneof(run, back), fc.integer({ min: -3, max: 3 }))
  .map(([what, clockDays]) => ({ ...what, clockDays }));

/** What the newest row of a contact said of a field, and how new it is: number of its run, row, corrections. */
interface Said {
  readonly at: readonly number[];
  readonly value: string;
}

interface ModelRow {
  readonly contact: number;
  readonly at: readonly [number: number, row: number];
  readonly name: string;
  /** As it stands in the input. */
  readonly phone: string;
  isGood: boolean;
  state: 'pending' | 'bad' | 'done';
}

test.each([
  ['with a state', true],
  ['without a state', false],
])(
  'law, %s: after any sequence, the newest row wins field by field',
  { timeout: 240_000 },
  async (_, hasState) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
        const site = await nights(MAPPING, {}, hasState);
        const german = site.write('german.yaml', GERMAN);
        const said = new Map<string, Said>();
        const runs: { readonly dir: string; readonly rows: readonly ModelRow[] }[] = [];
        let made = 0;
        let unique = 0;
        const say = (row: ModelRow, revision: number): void => {
          for (const field of ['name', 'phone_number'] as const) {
            const value = field === 'name' ? row.name : digitsOf(row.phone);
            if (value === '') continue;
            const key = `${row.contact} ${field}`;
            const at = [...row.at, revision];
            if (isNewer(at, said.get(key)?.at ?? [0])) said.set(key, { at, value });
          }
          row.state = 'done';
        };
        const decide = (row: ModelRow): void => {
          if (row.isGood && (row.name !== '' || row.phone !== '')) say(row, 0);
          else row.state = row.isGood ? 'done' : 'bad';
        };

        for (const one of steps) {
          const clock = { ...systemClock, now: () => Date.now() + one.clockDays * 86_400_000 };
          if (one.kind === 'run') {
            const number = runs.length + 1;
            const rows = one.rows.map(({ contact, hasName, phone }, i): ModelRow => {
              unique += 1;
              const digits = `30${10_000_000 + unique}`;
              return {
                contact,
                at: [number, i + 1],
                name: hasName ? `name ${unique}` : '',
                phone: phone === 'kept' ? '' : phone === 'good' ? `+49${digits}` : `0${digits}`,
                isGood: phone !== 'bad',
                state: 'pending',
              };
            });
            const file = site.write(
              `night-${number}.csv`,
              `id,name,phone\n${rows.map(({ contact, name, phone }) => `${contact},${name},${phone}\n`).join('')}`,
            );
            made += 1;
            const { code, stderr } = await site.runWith([file, '--limit', String(one.limit)], { clock });
            expect([0, 1], stderr).toContain(code);
            for (const each of rows.slice(0, one.limit)) decide(each);
            runs.push({ dir: join(site.dir, `run-${made}`), rows });
            continue;
          }
          const target = runs.at(-1 - one.back);
          if (!target) continue;
          const rejects = join(target.dir, 'rejects.csv');
          if (one.kind === 'rejects') {
            if (!existsSync(rejects)) continue;
            // each reject gets a number of its own, so that a later correction differs
            unique += 1;
            const text = readFileSync(rejects, 'utf8');
            const corrected = text.replace(
              /^(\d+)(,[^,]*),[^,]*/gm,
              (_all, contact: string, name: string) =>
                `${contact}${name},${phoneOf(Number(contact), unique)}`,
            );
            writeFileSync(rejects, corrected);
            made += 1;
            const { code, stderr } = await site.runWith([rejects], { clock });
            expect(code, stderr).toBe(0);
            const bad = corrected
              .split('\n')
              .slice(1)
              .filter(Boolean)
              .map((line) => Number(line.split(',')[3]));
            for (const each of target.rows) {
              if (!bad.includes(each.at[1])) continue;
              say({ ...each, phone: phoneOf(each.contact, unique) }, unique);
            }
            continue;
          }
          made += 1;
          const args =
            one.kind === 'resume'
              ? ['--resume', target.dir, '--limit', 'all']
              : ['--retry', target.dir, '-m', german];
          const { code, stderr } = await site.runWith(args, { clock });
          if (code === 2) {
            expect(stderr).toMatch(/ERR_NOTHING_TO_RETRY|has retried these rows/);
            continue;
          }
          expect([0, 1], stderr).toContain(code);
          for (const each of target.rows) {
            if (one.kind === 'resume' && each.state === 'pending') decide(each);
            // the row stays a bad one of its run
            if (one.kind === 'retry' && each.state === 'bad') say({ ...each }, 0);
          }
        }
        const found = Object.fromEntries(
          [...said.keys()].map((key) => {
            const [contact = '', field = ''] = key.split(' ');
            return [key, site.emulator.contact(Number(contact))?.[field]];
          }),
        );
        expect(found).toEqual(Object.fromEntries([...said].map(([key, { value }]) => [key, value])));
      }),
      { numRuns: 12 },
    );
  },
);

// --- internal ---

/** The n-th correction for a contact: no two contacts may have one number. */
function phoneOf(contact: number, n: number): string {
  return `+4930${20_000_000 + 10 * n + contact}`;
}

function digitsOf(phone: string): string {
  return phone.startsWith('0') ? `+49${phone.slice(1)}` : phone;
}

function isNewer(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, part] of a.entries()) {
    const other = b[i] ?? -1;
    if (part !== other) return part > other;
  }
  return true;
}
