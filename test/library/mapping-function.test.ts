import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MappedRow, RowOutcome } from '../../src/index.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { DEMO, finish, syncHere } from '../helpers/sync-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** What becomes of a row that is mapped to this, and what is sent. */
async function mapTo(made: unknown): Promise<{ outcome: RowOutcome | undefined; sent: unknown }> {
  const emulator = await emulatorHere({ contacts: 3 });
  const run = syncHere(emulator, {
    rows: [{ any: 'row' }],
    mapping: () => (typeof made === 'function' ? made() : made) as MappedRow,
  });
  const { outcomes } = await finish(run);
  return { outcome: outcomes[0], sent: emulator.journal.map(({ body }) => body).at(-1) };
}

const ATTRIBUTES = 'custom_attributes.';

const WHEN_READ = /^The mapping function gave something that threw RangeError at \S+ when it was read$/;

function thrower(): never {
  throw new RangeError('unmistakable');
}

/** An object whose property cannot be read. */
function throwing(name: string): object {
  return Object.defineProperty({}, name, { enumerable: true, get: thrower });
}

describe('a mapping function', () => {
  it.each<[what: string, fields: object, sent: object]>([
    [
      'fields of the contact',
      { name: ' Anna ', email: 'a@example.com' },
      { name: 'Anna', email: 'a@example.com' },
    ],
    ['phones in E.164', { phone_number: '+1 (415) 555-2671' }, { phone_number: '+14155552671' }],
    [
      'attributes as they are',
      { [`${ATTRIBUTES}n`]: [1, { a: null }] },
      { custom_attributes: { n: [1, { a: null }] } },
    ],
    [
      'null, which clears',
      { name: null, [`${ATTRIBUTES}tier`]: null },
      { name: null, custom_attributes: { tier: null } },
    ],
    [
      'without what is undefined or empty',
      { name: undefined, email: '', identifier: 'x' },
      { identifier: 'x' },
    ],
    ['a whole object', { custom_attributes: { a: 1 } }, { custom_attributes: { a: 1 } }],
  ])('sends %s', async (_what, fields, sent) => {
    const made = await mapTo({ contactId: '2', fields });
    expect(made.outcome).toMatchObject({ status: 'updated', contactId: 2 });
    expect(made.sent).toEqual(sent);
  });

  it.each<[what: string, made: unknown, code: string, message: RegExp]>([
    [
      'an id that is none',
      { contactId: '1e5', fields: { name: 'A' } },
      'ERR_CONTACT_ID',
      /^contactId is not a contact id|^contactId is in scientific/,
    ],
    ['no id', { contactId: undefined, fields: { name: 'A' } }, 'ERR_CONTACT_ID', /^contactId is empty/],
    ['an unknown field', { contactId: 1, fields: { emial: 'a@b.c' } }, 'ERR_FIELD', /Did you mean "email"\?/],
    ['the id as a field', { contactId: 1, fields: { id: 7 } }, 'ERR_FIELD', /not a field to set/],
    [
      'a reserved key',
      { contactId: 1, fields: { 'custom_attributes.__proto__': 7 } },
      'ERR_FIELD',
      /reserved/,
    ],
    ['a pattern', { contactId: 1, fields: { 'custom_attributes.*': 7 } }, 'ERR_FIELD', /pattern/],
    [
      'a text that is too long',
      { contactId: 1, fields: { name: 'x'.repeat(256) } },
      'ERR_TOO_LONG',
      /^"name" is longer/,
    ],
    ['NUL', { contactId: 1, fields: { 'custom_attributes.a': 'a\0' } }, 'ERR_CHARACTER', /NUL/],
    ['an e-mail that is none', { contactId: 1, fields: { email: 'anna' } }, 'ERR_EMAIL', /^"email" is not/],
    [
      'null where nothing clears',
      { contactId: 1, fields: { blocked: null } },
      'ERR_EMPTY',
      /^"blocked" is null/,
    ],
    [
      'a Date',
      { contactId: 1, fields: { 'custom_attributes.on': new Date(0) } },
      'ERR_JSON',
      /such as a Date/,
    ],
    ['NaN', { contactId: 1, fields: { 'custom_attributes.n': Number.NaN } }, 'ERR_NUMBER', /number/],
    [
      'a field twice',
      { contactId: 1, fields: { 'custom_attributes.a': 1, custom_attributes: {} } },
      'ERR_FIELD',
      /set twice/,
    ],
    ['its own reason', { invalid: 'no consent' }, 'ERR_REFUSED', /^no consent$/],
    ['nothing', undefined, 'ERR_MAPPING_FUNCTION', /gave undefined\. It gives/],
    ['something else', { id: 1 }, 'ERR_MAPPING_FUNCTION', /gave something else/],
    ['a promise', () => Promise.reject(new Error('late')), 'ERR_MAPPING_FUNCTION', /gave a promise/],
    ['a field that throws', { contactId: 1, fields: throwing('name') }, 'ERR_MAPPING_FUNCTION', WHEN_READ],
    [
      'an id that throws',
      Object.defineProperty({ fields: { name: 'A' } }, 'contactId', { enumerable: true, get: thrower }),
      'ERR_MAPPING_FUNCTION',
      WHEN_READ,
    ],
    [
      'a proxy that tells no names',
      { contactId: 1, fields: new Proxy({}, { ownKeys: thrower }) },
      'ERR_MAPPING_FUNCTION',
      WHEN_READ,
    ],
    [
      'a value that throws',
      { contactId: 1, fields: { 'custom_attributes.a': throwing('b') } },
      'ERR_MAPPING_FUNCTION',
      WHEN_READ,
    ],
  ])('makes a row invalid: %s', async (_what, made, code, message) => {
    const { outcome, sent } = await mapTo(made);
    expect(outcome).toMatchObject({ status: 'invalid', error: { code } });
    expect(outcome?.error?.message).toMatch(message);
    expect(sent).toBeUndefined();
  });

  it('skips rows', async () => {
    expect((await mapTo({ skip: true })).outcome?.status).toBe('skipped');
    expect((await mapTo({ contactId: 1, fields: {} })).outcome).toMatchObject({
      status: 'skipped',
      contactId: 1,
    });
  });

  it('that throws makes the row invalid: the error is named with its place, and not quoted', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const rows = [
      { id: 1, extra: '{"tier":"gold"}' },
      { id: 2, extra: 'secret words' },
    ];
    const run = syncHere(emulator, {
      rows,
      mapping: ({ id, extra }) => ({
        contactId: id,
        fields: { [`${ATTRIBUTES}tier`]: JSON.parse(extra).tier },
      }),
    });
    const { outcomes } = await finish(run);
    expect(outcomes.map(({ status }) => status)).toEqual(['updated', 'invalid']);
    const message = outcomes[1]?.error?.message ?? '';
    expect(message).toMatch(
      /^The mapping function threw SyntaxError at mapping-function\.test\.ts:\d+:\d+ for/,
    );
    expect(message).not.toContain('secret');
  });

  it('gets cells of CSV by their column, with their place; long numbers of JSON are texts', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const dir = tempDir();
    writeFileSync(join(dir, 'a.csv'), 'id,Full name\n1,Anna\n');
    writeFileSync(join(dir, 'b.jsonl'), '{"id":2,"n":12345678901234567890,"__proto__":"x"}\n');
    const seen: unknown[] = [];
    const run = syncHere(emulator, {
      input: [join(dir, 'a.csv'), join(dir, 'b.jsonl')],
      mapping: (row, place) => {
        seen.push([{ ...row }, place]);
        (row as { [column: string]: unknown })['id'] = 'changed'; // it is the function's own
        return { skip: true };
      },
    });
    await finish(run);
    // every row is looked at once before the first is sent
    expect(seen.slice(2)).toEqual([
      [
        { id: '1', 'Full name': 'Anna' },
        { input: 0, row: 1, line: 2 },
      ],
      [expect.objectContaining({ id: 2, n: '12345678901234567890' }), { input: 1, row: 1, line: 1 }],
    ]);
    expect(seen.slice(0, 2)).toEqual(seen.slice(2));
  });

  it('completes additional attributes, which the account may replace whole', async () => {
    const emulator = await emulatorHere({ contacts: 3, additionalAttributes: 'replace' });
    const rows = [{ city: 'Kyiv' }];
    const before = emulator.contact(1)?.additional_attributes;
    const run = syncHere(emulator, {
      rows,
      mapping: ({ city }) => ({ contactId: 1, fields: { 'additional_attributes.city': city } }),
    });
    expect((await run.summary).statuses.updated).toBe(1);
    expect(emulator.contact(1)?.additional_attributes).toEqual({ ...(before as object), city: 'Kyiv' });
  });

  it('finds two contacts that get one e-mail, before either is sent', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const input = join(tempDir(), 'a.csv');
    writeFileSync(input, 'id,mail\n1,a@example.com\n2,a@example.com\n');
    const run = syncHere(emulator, {
      input,
      mapping: (row) => ({ contactId: String(row['id']), fields: { email: row['mail'] } }),
    });
    const { outcomes } = await finish(run);
    expect(outcomes.map(({ status, error }) => [status, error?.code])).toContainEqual([
      'invalid',
      'ERR_DUPLICATE_VALUE',
    ]);
  });

  it('with a state sends what changed in what it gives, whatever the rows look like', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const state = join(tempDir(), 'state');
    const input = join(tempDir(), 'a.csv');
    writeFileSync(input, 'id\n1\n2\n');
    const plans = new Map<unknown, string>([
      ['1', 'free'],
      ['2', 'free'],
    ]);
    const night = () =>
      finish(
        syncHere(emulator, {
          input,
          state,
          mapping: (row) => ({
            contactId: String(row['id']),
            fields: { 'custom_attributes.plan': plans.get(row['id']) },
          }),
        }),
      );
    expect((await night()).summary.statuses).toMatchObject({ updated: 2 });
    expect((await night()).summary.statuses).toMatchObject({ unchanged: 2 });
    plans.set('2', 'team');
    expect((await night()).summary.statuses).toMatchObject({ unchanged: 1, updated: 1 });
  });

  it('goes on with its run; another function, a document and the command line are refused', async () => {
    const emulator = await emulatorHere({ contacts: 5 });
    const dir = tempDir();
    const input = join(dir, 'a.csv');
    const runDir = join(dir, 'run');
    writeFileSync(input, `id\n${[1, 2, 3, 4, 5].join('\n')}\n`);
    const mapping = (row: { readonly [column: string]: unknown }): MappedRow => ({
      contactId: String(row['id']),
      fields: { name: 'Anna' },
    });
    await finish(syncHere(emulator, { input, mapping, limit: 2, runDir }));
    const resume = { resume: runDir, limit: Number.POSITIVE_INFINITY };
    const other = syncHere(emulator, { ...resume, mapping: () => ({ skip: true }) });
    await expect(other.summary).rejects.toMatchObject({ code: 'ERR_OTHER_MAPPING' });
    await expect(syncHere(emulator, resume).summary).rejects.toMatchObject({
      code: 'ERR_MAPPING',
      message: expect.stringContaining('mapped by a function'),
    });
    const env = { LIVEDESK_API_KEY: DEMO.apiKey, LIVEDESK_API_SECRET: DEMO.apiSecret };
    const cli = await cliHere(['run', '--resume', runDir, '--limit', 'all'], { env });
    expect([cli.code, cli.stderr]).toEqual([2, expect.stringContaining('mapped by a function')]);

    const { outcomes, summary } = await finish(syncHere(emulator, { ...resume, mapping }));
    expect(outcomes.map(({ row }) => row)).toEqual([3, 4, 5]);
    expect(summary.statuses.updated).toBe(5);
  });
});
