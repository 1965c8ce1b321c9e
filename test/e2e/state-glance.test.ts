import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Nights, nights } from '../helpers/nights.ts';

const FIELDS = `fields:
  name: name
  email: { column: email, type: email }
  phone_number: { column: phone, type: phone, country: US, on_conflict: theirs }
  custom_attributes.plan: plan
additional_attributes: merges
on_invalid_field: drop_field
`;
const BY_ID = `contact_id: id\n${FIELDS}`;
const BY_KEY = `match: { identifier: id }\n${FIELDS}`;

/** A row: which contact, and its cells; `edit` is done by an agent to the contact before the night. */
interface Spec {
  readonly contact: number;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly plan: string;
}

const CONTACTS = [1, 2, 3];
const spec = fc.record({
  contact: fc.constantFrom(...CONTACTS),
  name: fc.constantFrom('', 'A', 'B'),
  email: fc.constantFrom('', 'a@x.de', 'A@x.de', 'b@x.de'),
  phone: fc.constantFrom('', '4155552671', '+14155552671', '12'),
  plan: fc.constantFrom('', 'p', 'q'),
});
const night = fc.record({
  rows: fc.array(spec, { minLength: 1, maxLength: 6 }),
  /** Most nights send what the last one sent. */
  isAgain: fc.boolean(),
  agent: fc.option(fc.record({ contact: fc.constantFrom(...CONTACTS), name: fc.constantFrom('A', 'Z') }), {
    freq: 3,
  }),
});

/** Blanks at the end of every cell keep the row from being known by its cells, and change nothing else. */
function csvOf(rows: readonly Spec[], blanks: string): string {
  const lines = rows.map(({ contact, ...cells }) =>
    [contact, cells.name, cells.email, cells.phone, `${cells.plan}${blanks}`].join(),
  );
  return `id,name,email,phone,plan\n${lines.join('\n')}\n`;
}

async function account(mapping: string): Promise<Nights> {
  const made = await nights(mapping, { contacts: CONTACTS.length });
  for (const id of CONTACTS) await edit(made, id, { identifier: String(id) });
  if (mapping === BY_KEY) await made.pull();
  return made;
}

function edit({ emulator }: Nights, id: number, body: { [key: string]: string }): Promise<unknown> {
  const key = Buffer.from('demo-key:demo-secret').toString('base64');
  return fetch(`${emulator.url}/api/v2/accounts/contacts/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Basic ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const NIGHTLY = ['--concurrency', '4'];

describe.each([
  ['contact id', BY_ID],
  ['key', BY_KEY],
])('rows known by their cells, found by %s', (_how, mapping) => {
  it('end as they would if every field were compared', async () => {
    let unchanged = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(night, { minLength: 2, maxLength: 4 }), async (plan) => {
        const [fast, slow] = [await account(mapping), await account(mapping)];
        let rows: readonly Spec[] = [];
        for (const [number, one] of plan.entries()) {
          if (!one.isAgain || rows.length === 0) rows = one.rows;
          const { agent } = one;
          for (const each of [fast, slow]) if (agent) await edit(each, agent.contact, { name: agent.name });
          const ends = [
            await fast.run(csvOf(rows, ''), NIGHTLY),
            await slow.run(csvOf(rows, ' '.repeat(number + 1)), NIGHTLY),
          ].map(({ rows: ended, sent, code, summary }) => ({
            code,
            statuses: summary.statuses,
            rows: ended
              .map(({ row, line, status, contact_id, fields, conflicts, error, dropped }) => {
                return { row, line, status, contact_id, fields, conflicts, error, dropped };
              })
              .sort((a, b) => a.row - b.row),
            sent: sent.map((each) => JSON.stringify(each)).sort(),
          }));
          expect(ends[0]).toEqual(ends[1]);
          unchanged += ends[0]?.statuses.unchanged ?? 0;
        }
      }),
      { numRuns: 12 },
    );
    expect(unchanged).toBeGreaterThan(0);
  }, 180_000);
});

it('a row given again in another way is compared, and known the night after', async () => {
  const { run } = await nights(BY_ID);
  const first = 'id,name,phone,email,plan\n1,Ann,4155552671,,\n';
  const second = 'id,name,phone,email,plan\n1,Ann,+1 415 555 2671,,\n';
  expect((await run(first)).requests).toBe(2); // one of them reads: the name may be an agent's
  for (const csv of [second, second, first]) {
    const { requests, rows } = await run(csv);
    expect(requests).toBe(0);
    expect(rows.map(({ status, contact_id, row, line }) => [status, contact_id, row, line])).toEqual([
      ['unchanged', 1, 1, 2],
    ]);
  }
});

it('two inputs, gzip and blank lines: rows that nothing is sent for keep their places', async () => {
  const { runWith, write } = await nights(BY_ID);
  const header = 'id,name,email,phone,plan';
  const inputs = [
    write('a.csv', `${header}\n1,Ann,a@x.de,,\n\n2,"Bo\nb",,,\n`),
    write('b.csv', `${header}\n3,Cid,,,x\n1,Ann,,,\n`),
  ];
  const placesOf = (rows: Awaited<ReturnType<typeof runWith>>['rows']) =>
    rows.map(({ input, row, line, contact_id }) => [input, row, line, contact_id].join()).sort();
  const first = await runWith(inputs);
  const second = await runWith(inputs);
  expect(second.summary).toMatchObject({ rows_read: 4, requests: 0, statuses: { unchanged: 4 } });
  expect(placesOf(second.rows)).toEqual(placesOf(first.rows));
  const third = await runWith([...inputs, '--limit', '3']);
  expect(third.summary).toMatchObject({ rows_read: 3, requests: 0, statuses: { unchanged: 3 } });
});

it('a known row whose e-mail another row claims is refused like that row', async () => {
  const { run } = await nights(BY_ID);
  const header = 'id,name,email,phone,plan';
  await run(`${header}\n1,Ann,a@x.de,,\n2,Bob,b@x.de,,\n`);
  const { requests, rows, code } = await run(`${header}\n1,Ann,a@x.de,,\n2,Bob,A@x.de,,\n3,,,,new\n`);
  expect(code).toBe(1);
  expect(requests).toBe(1);
  const told = new Map(rows.map(({ row, error }) => [row, error]));
  expect(told.get(1)).toMatchObject({ code: 'ERR_DUPLICATE_VALUE', field: 'email' });
  expect(told.get(2)).toMatchObject({ code: 'ERR_DUPLICATE_VALUE', field: 'email' });
});

it('a known row whose cell is empty claims nothing', async () => {
  const { run } = await nights(BY_ID);
  const header = 'id,name,email,phone,plan';
  await run(`${header}\n1,Ann,a@x.de,,\n`);
  await run(`${header}\n1,Ann,,,\n`);
  const { rows } = await run(`${header}\n1,Ann,,,\n2,Bob,a@x.de,,\n`);
  expect(rows.map(({ error }) => error?.code)).not.toContain('ERR_DUPLICATE_VALUE');
});

it('A, B and A again in one file end with A', async () => {
  const { run, emulator } = await nights(BY_ID);
  const header = 'id,name,email,phone,plan';
  await run(`${header}\n1,A,,,\n`);
  const { requests } = await run(`${header}\n1,A,,,\n1,B,,,\n1,A,,,\n`);
  expect(requests).toBe(2);
  expect(emulator.contact(1)?.['name']).toBe('A');
});
