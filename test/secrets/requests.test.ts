import { expect, test } from 'vitest';
import { plantedCsv } from './planted.ts';
import { plantedSite } from './planted-site.ts';
import { applied, quotingApi } from './quoting-api.ts';

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is not followed: the credentials go nowhere else',
  async (status) => {
    const elsewhere = await quotingApi(applied);
    const api = await quotingApi((_body, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/api/v2/accounts/contacts/318763` }).end();
    });
    const { code, stdout } = await plantedSite(api.url).run();
    expect(code).toBe(3);
    expect(stdout).toContain('ERR_NOT_LIVEDESK');
    expect(api.paths).toHaveLength(1);
    expect(elsewhere.paths).toEqual([]);
  },
);

test.each<[cell: string, paths: readonly string[]]>([
  ['318763', ['318763', '318763']],
  [' 318763 ', ['318763', '318763']],
  ["'318763", ['318763', '318763']],
  ['318763.0', ['318763', '318763']],
  ['1/../2', []],
  ['../1', []],
  ['1?x', []],
  ['1#x', []],
  ['1;x', []],
  ['1%2F2', []],
  ['1\\2', []],
  ['1\r\nHost: x', []],
  ['12abc', []],
  ['0x1F', []],
  ['１２３', []],
  ['١٢٣', []],
  ['1e3', []],
  ['-1', []],
  ['+1', []],
  ['01', []],
  ['0', []],
  ['1.5', []],
  ['9007199254740992', []],
  ['Infinity', []],
])('the id %j reaches its own path alone', async (cell, ids) => {
  const api = await quotingApi(applied);
  const site = plantedSite(api.url);
  const { code } = await site.run([], {
    input: site.write('contacts.csv', plantedCsv({ contact_id: cell })),
  });
  expect(code).toBe(ids.length === 0 ? 1 : 0);
  expect(api.paths).toEqual(ids.map((id) => `/api/v2/accounts/contacts/${id}`));
});
