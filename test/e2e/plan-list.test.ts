import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import { gatewayBefore, type Passing } from '../helpers/gateway.ts';
import { type Planned, planningAccount } from '../helpers/plans.ts';

const MAPPING = `
contact_id: id
fields:
  name: name
  custom_attributes.tier: tier
`;
const EMAILS = MAPPING.replace('contact_id: id', 'match: { email: email }');
const LIST = /^\/api\/v2\/accounts\/contacts\?/;

const idsUpTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const rowsOf = (ids: readonly number[]): string =>
  `id,name,tier\n${ids.map((id) => `${id},New ${id},tier-${id % 3}\n`).join('')}`;
const isOfList = ({ method, path }: Passing): boolean => method === 'GET' && LIST.test(path);
/** Lines in the order of contacts: which one is read first is no part of a plan. */
const sorted = ({ lines }: Planned) => [...lines].sort((a, b) => a.contact - b.contact);

/** An account that plans through a gateway, which gives no list. */
async function accountOf(mapping: string, options: EmulatorOptions = {}) {
  const here = await planningAccount(mapping, options);
  const noList = await gatewayBefore(here.emulator.url, (passing) =>
    isOfList(passing) ? { status: 404 } : undefined,
  );
  return {
    ...here,
    singly: (csv: string, ...args: string[]) => here.plan(csv, ...args, '--base-url', noList.url),
  };
}

describe('a plan of so many contacts that pages of the list are fewer requests', () => {
  it.each<[string, string, string, EmulatorOptions, readonly string[]]>([
    ['all contacts', MAPPING, rowsOf(idsUpTo(100)), {}, []],
    [
      'two rows of each contact',
      MAPPING,
      `${rowsOf(idsUpTo(50))}${idsUpTo(50)
        .map((id) => `${id},,last\n`)
        .join('')}`,
      {},
      [],
    ],
    ['the first of them', MAPPING, rowsOf(idsUpTo(100)), {}, ['--limit', '40']],
    ['a shard of them', MAPPING, rowsOf(idsUpTo(100)), {}, ['--shard', '1/2']],
    [
      'contacts of one import, in another order on each page',
      MAPPING,
      rowsOf(idsUpTo(100)),
      { imported: 90, sortKeys: 'first' },
      [],
    ],
    [
      'contacts without e-mail, phone and identifier',
      MAPPING,
      rowsOf(idsUpTo(100)),
      { contactList: idsUpTo(20).map((n) => ({ id: 100 + n })), contacts: 100 },
      [],
    ],
    [
      'contacts whose attributes are not shown',
      MAPPING,
      rowsOf(idsUpTo(60)),
      { nullAttributesOf: [5, 6] },
      [],
    ],
    ['large pages', MAPPING, rowsOf(idsUpTo(100)), { pageSize: 'honoured' }, []],
    ['additional_attributes', `${MAPPING}  additional_attributes.city: tier\n`, rowsOf(idsUpTo(100)), {}, []],
    [
      'an expectation that one contact does not meet',
      `${MAPPING}expect: { identifier: crm }\n`,
      `id,name,tier,crm\n${idsUpTo(60)
        .map((id) => `${id},New,gold,crm-${id === 7 ? 'other' : id}\n`)
        .join('')}`,
      { contacts: 0, contactList: idsUpTo(60).map((id) => ({ id, identifier: `crm-${id}` })) },
      [],
    ],
  ])('%s: the same plan as by single reads', async (_case, mapping, csv, options, args) => {
    const { plan, singly } = await accountOf(mapping, options);
    const [listed, single] = [await plan(csv, ...args), await singly(csv, ...args)];
    expect(listed.code).toBe(single.code);
    expect(listed.header.contacts).toBeGreaterThan(30);
    expect(sorted(listed)).toEqual(sorted(single));
    expect(listed.summary.statuses).toEqual(single.summary.statuses);
    const { list_requests: pages = 0, single_reads: singles = 0 } = listed.summary.reading ?? {};
    expect(pages).toBeGreaterThan(0);
    expect(listed.requests).toBe(pages + singles);
    expect(listed.requests).toBeLessThan(single.requests);
    expect(listed.header.requests.plan).toMatchObject({ list_requests: pages, single_reads: singles });
    expect(listed.files.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('a hundred contacts take the seven pages of the list, and one request to know that', async () => {
    const { plan, apply, check } = await planningAccount(MAPPING);
    const planned = await plan(rowsOf(idsUpTo(100)));
    expect([planned.requests, planned.sent]).toEqual([8, []]);
    expect(planned.stdout).toContain('contacts were read by 8 pages of the list\n');
    expect((await apply(planned)).summary.statuses.updated).toBe(100);
    const checked = await check(planned);
    expect([checked.code, checked.requests]).toEqual([0, 8]);
    expect(checked.summary.statuses.unchanged).toBe(100);
  });

  it('what the list does not show is read by itself, and counted', async () => {
    const { plan } = await planningAccount(MAPPING, {
      contactList: idsUpTo(4).map((n) => ({ id: 100 + n })),
      contacts: 100,
    });
    const planned = await plan(rowsOf(idsUpTo(104)));
    expect(planned.summary.reading).toEqual({ list_requests: 8, single_reads: 4 });
    expect(planned.stdout).toContain('8 pages of the list; 4 contacts not shown there, by a request each');
  });

  it('few contacts of a large account are read one by one', async () => {
    const { plan } = await planningAccount(MAPPING, { contacts: 300 });
    const planned = await plan(rowsOf(idsUpTo(109).slice(99)));
    expect([planned.requests, planned.header.contacts]).toEqual([1 + 10, 10]); // the first page tells how many there are
    const five = await plan(rowsOf(idsUpTo(5)));
    expect(five.requests).toBe(5);
  });

  it('what the state knows to be unchanged is not wanted, and the walk ends once all that is was shown', async () => {
    const { plan, run, emulator } = await planningAccount(MAPPING, { contacts: 150 });
    await run(rowsOf(idsUpTo(150)));
    emulator.edit(150, { name: 'Agent' });
    // the newest stand on the pages that are read first
    const changed = idsUpTo(150).filter((id) => id > 135);
    const csv = rowsOf(idsUpTo(135)) + changed.map((id) => `${id},Newer ${id},x\n`).join('');
    const planned = await plan(csv);
    expect(planned.header.contacts).toBe(15);
    expect(planned.requests).toBeLessThan(15);
    expect(planned.lines.find(({ contact }) => contact === 150)?.fields['name']?.from).toBe('Agent');
  });

  it.each([
    ['404', { status: 404 }],
    ['403 to lists', { status: 403, body: 'Forbidden' }],
    ['no count', { status: 200, body: '{"meta":{},"payload":[]}' }],
    ['a count that is no number', { status: 200, body: '{"meta":{"count":"many"},"payload":[]}' }],
  ])('an account that answers %s to the list: each contact is read by itself', async (_case, answer) => {
    const { plan, emulator } = await planningAccount(MAPPING);
    const gate = await gatewayBefore(emulator.url, (passing) => (isOfList(passing) ? answer : undefined));
    const planned = await plan(rowsOf(idsUpTo(60)), '--base-url', gate.url);
    expect([planned.code, planned.header.contacts]).toEqual([0, 60]);
    expect(planned.summary.reading?.single_reads).toBe(60);
    expect(gate.seen.filter((passing) => !isOfList(passing))).toHaveLength(60);
  });

  it('a list that breaks off: what was shown serves, the others are read one by one', async () => {
    const { plan, emulator } = await planningAccount(MAPPING);
    const gate = await gatewayBefore(emulator.url, (passing) =>
      isOfList(passing) && /page=[123]&sort/.test(passing.path) ? { status: 404 } : undefined,
    );
    const planned = await plan(rowsOf(idsUpTo(100)), '--base-url', gate.url);
    expect([planned.code, planned.header.contacts]).toEqual([0, 100]);
    expect(planned.summary.reading?.single_reads).toBe(30); // the first page was shown when the list was measured
    expect(planned.stderr).toContain('could not be read to its end');
  });

  it('keys: the list that finds the contacts shows what they hold, too', async () => {
    const { plan, emulator } = await planningAccount(EMAILS);
    const emails = idsUpTo(100).map((id) => emulator.contact(id)?.['email']);
    const planned = await plan(
      `email,name,tier\n${emails.map((email) => `${email},New,gold\n`).join('')}`,
      '--rate',
      '200',
    );
    expect(planned.header.contacts).toBe(emails.filter(Boolean).length);
    expect(planned.summary.reading?.single_reads).toBe(0);
    expect(planned.requests).toBeLessThan(20);
  });

  it('keys that a pull knows: read by the list where that is fewer requests', async () => {
    const { plan, pull, emulator } = await planningAccount(EMAILS);
    await pull();
    const emails = idsUpTo(100).map((id) => emulator.contact(id)?.['email']);
    const planned = await plan(`email,name,tier\n${emails.map((email) => `${email},New,gold\n`).join('')}`);
    expect(planned.header.contacts).toBe(emails.filter(Boolean).length);
    expect(planned.summary.reading).toEqual({ list_requests: 8, single_reads: 0 });
  });
});
