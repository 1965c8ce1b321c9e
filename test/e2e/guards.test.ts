import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardOfContact } from '../../src/commands/run/plan/shard-filter.ts';
import { type Nights, nights } from '../helpers/nights.ts';
import { mergeRuns, runShard } from '../helpers/shards.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

/** How many rows the guard counts as changes: it stops at any. */
async function counted(night: Nights, csv: string): Promise<number> {
  const { summary } = await night.run(csv, ['--max-changes', '0']);
  return Number(/^(\d+) of \d+ rows would change/.exec(summary.stopped?.message ?? '')?.[1] ?? 0);
}

describe('--max-changes counts what a dry run counts', () => {
  it.each([
    ['skip', 0],
    ['error', 0],
    ['create', 2],
  ] as const)('where contacts are missing and the mapping says %s', async (onMissing, made) => {
    const inbox = onMissing === 'create' ? 'inbox_id: 523\n' : '';
    const night = await nights(
      `match: { email: mail }\non_missing: ${onMissing}\n${inbox}fields: { custom_attributes.plan: plan }\n`,
      { contacts: 1 },
    );
    night.emulator.edit(1, { email: 'there@x.example' });
    await night.pull();
    const csv = 'mail,plan\nthere@x.example,a\nnew1@x.example,a\nnew2@x.example,a\n';
    const { summary } = await night.run(csv, ['--dry-run', '--search-rate', 'unlimited']);
    const planned = summary.statuses.planned;
    expect(await counted(night, csv)).toBe(planned);
    expect(planned).toBeGreaterThanOrEqual(made);
  });

  it('where nobody looked the contacts up: none, and that is said', async () => {
    const night = await nights('match: { email: mail }\nfields: { custom_attributes.plan: plan }\n');
    const csv = 'mail,plan\none@x.example,a\ntwo@x.example,b\n';
    const { code, summary } = await night.run(csv, ['--max-changes', '0', '--search-rate', 'unlimited']);
    expect([code, summary.stopped]).toEqual([1, undefined]);
    expect(summary.warnings.join()).toMatch(/--max-changes did not count 2 rows/);
  });

  it('where rows stand in the way of others, which then end invalid', async () => {
    const night = await nights('contact_id: id\nfields: { email: mail, custom_attributes.plan: plan }\n');
    const csv = 'id,mail,plan\n1,same@x.example,a\n2,same@x.example,a\n3,other@x.example,a\n';
    const { summary } = await night.run(csv, ['--dry-run']);
    expect(summary.statuses).toMatchObject({ planned: 1, invalid: 2 });
    expect(await counted(night, csv)).toBe(1);
  });

  it('law: over any two nights', { timeout: 180_000 }, async () => {
    const row = fc.record({
      id: fc.oneof(fc.integer({ min: 1, max: 6 }).map(String), fc.constantFrom('x', '')),
      mail: fc.constantFrom('', 'a@x.example', 'b@x.example', 'c@x.example', 'no mail'),
      plan: fc.constantFrom('', 'a', 'b'),
    });
    const file = fc.array(row, { minLength: 1, maxLength: 8 }).map((rows) => {
      const lines = rows.map(({ id, mail, plan }) => `${id},${mail},${plan}\n`);
      return `id,mail,plan\n${lines.join('')}`;
    });
    await fc.assert(
      fc.asyncProperty(file, file, async (first, second) => {
        const night = await nights(
          'contact_id: id\nfields: { email: mail, custom_attributes.plan: plan }\n',
          { contacts: 6 },
        );
        await night.run(first, ['--max-errors', '100%']);
        const { summary } = await night.run(second, ['--dry-run']);
        expect(await counted(night, second)).toBe(summary.statuses.planned);
      }),
      { numRuns: 25 },
    );
  });
});

it('--keep with a dry run deletes nothing', async () => {
  const { run, dir } = await nights('contact_id: id\nfields: { name: name }\n');
  const kept = (): string[] => readdirSync(dir).filter((name) => name.startsWith('run-'));
  const csv = 'id,name\n1,a\n';
  await run(csv);
  await run(csv);
  await run(csv, ['--dry-run', '--keep', '1']);
  expect(kept()).toEqual(['run-1', 'run-2', 'run-3']);
  await run(csv, ['--keep', '1']);
  expect(kept()).toEqual(['run-4']);
});

describe('shards over several nights', () => {
  const OF = 3;
  const csvOf = (ids: readonly number[]): string =>
    `contact_id,email\n${ids.map((id) => `${id},x${id}@new.example\n`).join('')}`;
  const own = (id: number): number => shardOfContact(String(id), OF);
  const all = Array.from({ length: 30 }, (_, i) => i + 1);

  it.each([
    ['all rows', all],
    ['the rows of one shard only', all.filter((id) => own(id) === 1)],
    ['none of the last one', all.filter((id) => own(id) !== OF)],
  ])('count their own rows: %s', async (_what, ids) => {
    const { emulator, dir } = await nights('contact_id: contact_id\nfields: { email: email }\n');
    const input = writeInput('contacts.csv', csvOf(ids));
    const args = [input, '--base-url', emulator.url, '--state', join(dir, 'state')];
    for (let night = 1; night <= 3; night += 1) {
      const root = tempDir();
      const runs = [];
      for (let i = 1; i <= OF; i += 1) runs.push(await runShard(`${i}/${OF}`, args, join(root, `s${i}`)));
      for (const [i, { summary, rows }] of runs.entries()) {
        const mine = ids.flatMap((id, at) => (own(id) === i + 1 ? [at + 1] : []));
        expect(rows.map(({ row }) => row).sort((a, b) => a - b)).toEqual(mine);
        expect(summary.rows_read).toBe(mine.length);
      }
      const merged = await mergeRuns(runs);
      expect([merged.code, merged.stderr]).toEqual([0, '']);
      expect(merged.summary.statuses[night === 1 ? 'updated' : 'unchanged']).toBe(ids.length);
      // one of them names the others
      expect((await mergeRuns(runs.slice(1, 2))).code).toBe(0);
    }
  });
});

describe('--max-errors', () => {
  it('a percentage is of the rows that were read, those in flight counted as good', async () => {
    const night = await nights('contact_id: id\nfields: { name: name }\n', {
      contacts: 300,
      latencyMs: [30, 30],
    });
    // half of the first hundred outcomes are bad at once, while most rows are still on their way
    const csv = `id,name\n${Array.from({ length: 300 }, (_, i) => `${i % 5 === 0 ? 'x' : i + 1},n\n`).join('')}`;
    const { code, summary } = await night.run(csv, ['--max-errors', '30%', '--concurrency', '300']);
    expect([code, summary.stopped]).toEqual([1, undefined]);
  });

  it('stops beyond it, and not before a hundred rows', async () => {
    const night = await nights('contact_id: id\nfields: { name: name }\n');
    const bad = (rows: number): string => `id,name\n${'x,n\n'.repeat(rows)}`;
    expect((await night.run(bad(99), ['--max-errors', '30%'])).code).toBe(1);
    expect((await night.run(bad(200), ['--max-errors', '30%'])).summary.stopped?.code).toBe('ERR_MAX_ERRORS');
  });
});

describe('--accept-bad-rows', () => {
  const rows = (good: number, bad: number): string =>
    `id,name\n${Array.from({ length: good }, (_, i) => `${i + 1},n\n`).join('')}${'x,n\n'.repeat(bad)}`;

  it('so many rows that are bad for good are a good night, and one more is not', async () => {
    const night = await nights('contact_id: id\nfields: { name: name }\n', { contacts: 400 });
    const accept = ['--accept-bad-rows', '1%'];
    const good = await night.run(rows(297, 3), accept);
    expect([good.code, good.summary.accept_bad_rows]).toEqual([0, { given: '1%', allowed: 3, met: true }]);
    expect(good.stdout).toContain('complete with 3 accepted bad rows');
    expect(good.summary.rejects).toHaveLength(1);
    const worse = await night.run(rows(296, 4), accept);
    expect([worse.code, worse.summary.accept_bad_rows]).toEqual([1, { given: '1%', allowed: 3, met: false }]);
    expect((await night.run(rows(50, 0), accept)).stdout).not.toContain('accept-bad-rows');
    expect(worse.stdout).toContain('4 bad rows; --accept-bad-rows accepts 1%, 3');
  });

  it('blank rows are none to count by, and no row that failed is accepted', async () => {
    const night = await nights('contact_id: id\nfields: { name: name }\n', { contacts: 400 });
    const blank = await night.run(`${rows(99, 1)}${',\n'.repeat(100)}`, ['--accept-bad-rows', '1%']);
    expect([blank.code, blank.summary.accept_bad_rows?.allowed]).toEqual([0, 1]);
    night.emulator.set({ contactFaults: { 7: '500' } });
    const failed = await night.run(rows(20, 0), ['--accept-bad-rows', '5', '--max-attempts', '1', '--full']);
    expect([failed.code, failed.summary.statuses.failed]).toEqual([1, 1]);
    expect(failed.stdout).toContain('accepts none that failed');
  });

  it('is remembered by a resume, and a flag wins', async () => {
    const night = await nights('contact_id: id\nfields: { name: name }\n', { contacts: 400 });
    const first = await night.run(rows(10, 2), ['--accept-bad-rows', '2', '--limit', '5']);
    expect(first.code).toBe(0);
    const { stdout } = await night.runWith([
      '--resume',
      join(night.dir, 'run-1'),
      '--limit',
      'all',
      '--json',
    ]);
    const { exit_code: code, ...summary } = JSON.parse(stdout);
    expect([code, summary.accept_bad_rows?.met]).toEqual([0, true]);
  });
});
