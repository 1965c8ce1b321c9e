import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { readBack } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

interface Keys {
  readonly identifier: string | undefined;
  readonly email: string | undefined;
}

/** A row: the keys that it names its contact by, and the e-mail that it gives it. */
interface TestRow extends Keys {
  readonly gives: string | undefined;
}

interface Case {
  readonly contacts: readonly Keys[];
  readonly rows: readonly TestRow[];
  readonly onMissing: 'error' | 'create';
  /** Where the contacts of keys are known from. */
  readonly source: 'search' | 'list' | 'pull';
  /** Rows of a pipe are not looked at before the first one is sent, so that clashes among them are met on the way. */
  readonly isPiped: boolean;
  readonly concurrency: number;
  readonly seed: number;
}

const someOf = (prefix: string, count: number) =>
  fc.option(
    fc.integer({ min: 1, max: count }).map((n) => `${prefix}${n}`),
    { nil: undefined, freq: 2 },
  );
const keys = {
  identifier: someOf('zq-', 4),
  email: someOf('zq', 5).map((name) => name && `${name}@q.example`),
};
/** A row names its contact by one key, or by what happens to come. */
const rowKeys: fc.Arbitrary<Keys> = fc.oneof(
  fc.record({ identifier: keys.identifier, email: fc.constant(undefined) }),
  fc.record({ identifier: fc.constant(undefined), email: keys.email }),
  fc.record(keys),
);
const cases: fc.Arbitrary<Case> = fc.record({
  contacts: fc
    .array(fc.record(keys), { minLength: 1, maxLength: 6 })
    .map((contacts) => contacts.map((one, i) => withoutTaken(one, contacts.slice(0, i)))),
  rows: fc.array(
    fc.tuple(rowKeys, keys.email).map(([named, gives]) => ({ ...named, gives })),
    { minLength: 4, maxLength: 20 },
  ),
  isPiped: fc.boolean(),
  onMissing: fc.constantFrom('error', 'create'),
  source: fc.constantFrom('search', 'list', 'pull'),
  concurrency: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat(1_000),
});

/** A contact without the keys that one before it has. */
function withoutTaken(one: Keys, before: readonly Keys[]): Keys {
  return {
    identifier: before.some(({ identifier }) => identifier === one.identifier) ? undefined : one.identifier,
    email: before.some(({ email }) => email === one.email) ? undefined : one.email,
  };
}

/** What a row sends. */
interface Body {
  readonly identifier?: string | null;
  readonly email?: string | null;
  readonly custom_attributes?: { readonly row: number };
}

/** What contacts have which keys, by what the API applied one after the other. */
class Account {
  readonly contacts = new Map<number, Body>();

  resolve({ identifier, email }: Keys): number | undefined {
    return this.#having('identifier', identifier) ?? this.#having('email', email);
  }

  apply(id: number, body: Body): void {
    const { identifier, email } = body;
    this.contacts.set(id, {
      ...this.contacts.get(id),
      ...(identifier === undefined ? {} : { identifier }),
      ...(email === undefined ? {} : { email }),
    });
  }

  #having(field: 'identifier' | 'email', value: string | undefined): number | undefined {
    if (value === undefined) return undefined;
    return [...this.contacts].find(([, contact]) => contact[field] === value)?.[0];
  }
}

async function run(one: Case): Promise<void> {
  const { contacts, rows, onMissing, source, isPiped, concurrency, seed } = one;
  const contactList = contacts.map((contact, i) => ({
    id: i + 1,
    name: `Name ${i + 1}`,
    identifier: contact.identifier ?? null,
    email: contact.email ?? null,
  }));
  // so many that it takes less time to search than to read them all
  const others = Array.from({ length: source === 'search' ? 400 : 0 }, (_, i) => ({
    id: 100 + i,
    identifier: `other-${i}`,
  }));
  const emulator = await startEmulator({
    limit: null,
    contacts: 0,
    contactList: [...contactList, ...others],
    latencyMs: [0, 8],
    seed,
  });
  try {
    const dir = tempDir();
    const csv = rows
      .map(
        ({ identifier, email, gives }, i) => `${identifier ?? ''},${email ?? ''},${gives ?? ''},${i + 1}\n`,
      )
      .join('');
    const mapping = writeInput(
      'm.yaml',
      `version: 1
match: { identifier: crm, email: mail }
on_missing: ${onMissing}
${onMissing === 'create' ? 'inbox_id: 407' : ''}
fields: { email: gives, custom_attributes.row: { column: row, type: integer } }
`,
    );
    const account = ['--base-url', emulator.url, '--rate', 'unlimited'];
    const state = source === 'pull' ? ['--state', `${dir}/state`] : [];
    if (source === 'pull') expect((await cliHere(['pull', ...account, ...state])).code).toBe(0);
    emulator.reset();
    const args = [
      '--search-rate',
      source === 'list' ? '200' : 'unlimited',
      '--concurrency',
      `${concurrency}`,
    ];
    const text = `crm,mail,gives,row\n${csv}`;
    const input = isPiped ? ['-', '--format', 'csv'] : [writeInput('c.csv', text)];
    const ended = await cliHere(
      [
        ...['run', ...input, '-m', mapping, '--run-dir', `${dir}/run`, '--max-errors', '100%'],
        ...account,
        ...state,
        ...args,
      ],
      isPiped ? { stdin: text } : {},
    );
    const { rows: lines } = readBack({ ...ended, signal: null }, `${dir}/run`);

    expect(lines).toHaveLength(rows.length);
    const createdFor = new Map(
      lines.flatMap(({ status, contact_id, row }) => (status === 'created' ? [[contact_id, row]] : [])),
    );
    const model = new Account();
    for (const { id, identifier, email } of contactList) model.apply(id, { identifier, email });
    const first = new Account();
    for (const { id, identifier, email } of contactList) first.apply(id, { identifier, email });
    const last = new Map<number, number>();
    const writes: { readonly row: number; readonly contactId: number; readonly body: Body }[] = [];
    for (const entry of emulator.journal) {
      const { contactId } = entry;
      const body = entry.body as Body;
      const row = body.custom_attributes?.row;
      if (row !== undefined) {
        const own = rows[row - 1];
        // what rows behind this one did after it was on its way does not count
        const before = new Account();
        for (const { id, identifier, email } of contactList) before.apply(id, { identifier, email });
        for (const write of writes) if (write.row < row) before.apply(write.contactId, write.body);
        const named = own && [model.resolve(own), before.resolve(own)];
        if (createdFor.get(contactId) !== row) {
          expect(named, `row ${row} was sent to contact ${contactId}`).toContain(contactId);
        }
        expect(row, `rows of contact ${contactId} in their order`).toBeGreaterThan(last.get(contactId) ?? 0);
        last.set(contactId, row);
      }
      model.apply(contactId, body);
      writes.push({ row: row ?? createdFor.get(contactId) ?? 0, contactId, body });
    }
    for (const field of ['identifier', 'email'] as const) {
      const values = [...model.contacts.values()].map((contact) => contact[field]).filter(Boolean);
      expect(new Set(values).size).toBe(values.length);
    }
    const moved = new Set(rows.map(({ gives }) => gives));
    for (const { row, error } of lines) {
      const own = rows[row - 1];
      if (error?.code !== 'ERR_NO_MATCH' || !own || moved.has(own.email)) continue;
      const id = first.resolve(own);
      // its contact may have got another e-mail before
      const isMoved = id !== undefined && rows.slice(0, row).some((other) => first.resolve(other) === id);
      if (!isMoved) expect(id, `row ${row} has no match`).toBeUndefined();
    }
  } finally {
    await emulator.close();
  }
}

test('law: no contact is touched that its row does not name by then, none is made twice, and rows stay in order', async () => {
  await fc.assert(fc.asyncProperty(cases, run), {
    numRuns: Number(process.env['MATCH_LAW_RUNS'] ?? 60),
  });
}, 600_000);
