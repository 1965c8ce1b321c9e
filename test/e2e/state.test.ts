import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nights } from '../helpers/nights.ts';

const MAPPING = `
contact_id: id
fields:
  name: name
  email: email
  custom_attributes.tier: tier
  custom_attributes.score: { column: score, type: integer }
`;

/** A hundred rows; `change` may set a cell of its own. */
function csv(change: (id: number) => { name?: string; tier?: string; score?: number } = () => ({})): string {
  const lines = Array.from({ length: 100 }, (_, i) => {
    const id = i + 1;
    const { name = `Person ${id}`, tier = 'gold', score = id } = change(id);
    return `${id},${name},person.${id}@example.com,${tier},${score}\n`;
  });
  return `id,name,email,tier,score\n${lines.join('')}`;
}

describe('the second night', () => {
  it('of the same file sends nothing', async () => {
    const { run } = await nights(MAPPING);
    const first = await run(csv());
    expect([first.code, first.sent.length, first.summary.statuses.updated]).toEqual([0, 100, 100]);

    const second = await run(csv());

    expect([second.code, second.requests]).toEqual([0, 0]);
    expect(second.summary.statuses.unchanged).toBe(100);
    expect(second.rows.every(({ status, fields }) => status === 'unchanged' && fields === undefined)).toBe(
      true,
    );
  });

  it('sends exactly the fields that changed', async () => {
    const { run } = await nights(MAPPING);
    await run(csv());
    const changed = csv((id) => (id % 50 === 0 ? { tier: 'silver' } : id === 7 ? { score: 700 } : {}));

    const { sent, requests, summary } = await run(changed);

    expect(sent.toSorted((a, b) => a.contactId - b.contactId)).toEqual([
      { contactId: 7, body: { custom_attributes: { score: 700 } } },
      { contactId: 50, body: { custom_attributes: { tier: 'silver' } } },
      { contactId: 100, body: { custom_attributes: { tier: 'silver' } } },
    ]);
    expect(requests).toBe(3);
    expect(summary.statuses).toMatchObject({ unchanged: 97, updated: 3 });
    expect(summary.changes).toEqual({ 'custom_attributes.tier': 2, 'custom_attributes.score': 1 });
  });

  it('sends a value that goes back to what it was', async () => {
    const { run, emulator } = await nights(MAPPING);
    await run(csv());
    await run(csv((id) => (id === 9 ? { tier: 'silver' } : {})));
    const { sent } = await run(csv());
    expect(sent).toEqual([{ contactId: 9, body: { custom_attributes: { tier: 'gold' } } }]);
    expect(emulator.contact(9)?.['custom_attributes']).toMatchObject({ tier: 'gold' });
  });

  it('sends both of two rows for one contact when they differ, in their order', async () => {
    const { run } = await nights(MAPPING);
    await run(csv());
    const twice = `${csv()}9,Person 9,person.9@example.com,silver,9\n9,Person 9,person.9@example.com,gold,9\n`;
    const { sent, summary } = await run(twice);
    expect(sent.map(({ body }) => body)).toEqual([
      { custom_attributes: { tier: 'silver' } },
      { custom_attributes: { tier: 'gold' } },
    ]);
    expect(summary.statuses).toMatchObject({ unchanged: 100, updated: 2 });
  });

  it('sends everything with --full', async () => {
    const { run } = await nights(MAPPING);
    await run(csv());
    const { sent } = await run(csv(), ['--full']);
    expect(sent).toHaveLength(100);
    expect(Object.keys(sent[0]?.body ?? {})).toEqual(['name', 'email', 'custom_attributes']);
  });

  it('sends what another mapping makes of the same cells', async () => {
    const { run, write } = await nights(MAPPING);
    await run(csv());
    write('mapping.yaml', `version: 1\n${MAPPING.replace('type: integer', 'type: string')}`);
    const { sent, requests } = await run(csv());
    expect(requests).toBe(100);
    expect(sent.find(({ contactId }) => contactId === 7)?.body).toEqual({
      custom_attributes: { score: '7' },
    });
  });

  it('goes by values, not by spelling: case of e-mails and spacing of phones', async () => {
    const mapping =
      'contact_id: id\nfields: { email: email, phone_number: { column: phone, country: DE } }\n';
    const { run } = await nights(mapping);
    await run('id,email,phone\n1,Ann@Example.com,0151 2345 6789\n');
    const { requests } = await run('id,email,phone\n1,ann@example.COM,+49 (151) 23456789\n');
    expect(requests).toBe(0);
  });
});

it('a field that the API ignores does not come back every night', async () => {
  const mapping = 'contact_id: id\nfields: { name: name, thumbnail: photo }\n';
  const { run, pull } = await nights(mapping);
  const input = 'id,name,photo\n1,Ann,https://example.com/ann.png\n';
  const first = await run(input);
  expect(first.rows[0]).toMatchObject({ status: 'updated', not_applied: ['thumbnail'] });
  expect((await run(input)).requests).toBe(0);
  await pull();
  expect((await run(input)).requests).toBe(0);
});

describe('a state that cannot be trusted', () => {
  it('of another account is another state', async () => {
    const { run, dir } = await nights(MAPPING);
    await run(csv());
    const staging = await nights(MAPPING);
    const { sent } = await staging.run(csv(), ['--state', `${dir}/state`]);
    expect(sent).toHaveLength(100);
  });

  it('damaged, is moved aside and everything is sent', async () => {
    const { run, dir } = await nights(MAPPING);
    const { summary } = await run(csv());
    writeFileSync(`${dir}/state/${summary.account}/data.mdb`, 'no database');
    const again = await run(csv());
    expect([again.code, again.sent.length]).toEqual([0, 100]);
    expect(again.summary.warnings.join('\n')).toMatch(/moved aside|begun anew/);
    expect((await run(csv())).requests).toBe(0);
  });
});

it('what the API refused is sent again the next night', async () => {
  const { run } = await nights(MAPPING, {
    contactFaults: { 3: ['500'] },
    contactList: [{ id: 500, email: 'person.5@example.com' }],
  });
  const first = await run(csv(), ['--max-attempts', '1']);
  expect(first.summary.statuses).toMatchObject({ updated: 98, rejected: 1, failed: 1 });
  const second = await run(csv());
  expect(
    second.rows.filter(({ status }) => status !== 'unchanged').map(({ row, status }) => [row, status]),
  ).toEqual(
    expect.arrayContaining([
      [3, 'updated'],
      [5, 'rejected'],
    ]),
  );
  expect(second.summary.statuses.unchanged).toBe(98);
});
