import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadMapping } from '../../../src/mapping/load/load.ts';

const fixture = (name: string) => new URL(`../../../fixtures/mapping/${name}`, import.meta.url).pathname;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mapping-'));
});
afterAll(() => rm(dir, { recursive: true }));

test.each([
  ['key-twice.yaml', /key-twice\.yaml:6:3: this key stands twice/],
  ['misspelt-field.yaml', /misspelt-field\.yaml:4:3: .* Did you mean "email"\?/],
  ['newer-version.yaml', /newer-version\.yaml:1:10: .* version 2/],
  ['alias.yaml', /alias\.yaml:5:15: aliases/],
  ['tag.yaml', /tag\.yaml:4:10: tags/],
  ['proto.yaml', /proto\.yaml:4:3: "__proto__" is reserved/],
  ['match-and-contact-id.yaml', /match-and-contact-id\.yaml:3:8: there is "contact_id" too/],
  [
    'create-without-a-unique-key.yaml',
    /unique-key\.yaml:3:13: a new contact needs an email or an identifier/,
  ],
  ['windows-1252.yaml', /windows-1252\.yaml: the mapping is not UTF-8/],
])('%s is refused', async (name, message) => {
  await expect(loadMapping(fixture(name))).rejects.toThrow(message);
});

test('JSON is read with a BOM, tabs and CRLF', async () => {
  const mapping = await loadMapping(fixture('bom-tabs-crlf.json'));
  expect(mapping.fields).toMatchObject([{ path: 'email', source: { column: 'Email' } }]);
});

test('a file that is not there, a directory, and the input given by mistake', async () => {
  const big = join(dir, 'contacts.csv');
  await writeFile(big, 'x'.repeat(1024 * 1024 + 1));
  await expect(loadMapping(join(dir, 'none.yaml'))).rejects.toThrow(/there is no such file/);
  await expect(loadMapping(dir)).rejects.toThrow(/it is a directory/);
  await expect(loadMapping(big)).rejects.toMatchObject({ code: 'ERR_MAPPING', exitCode: 2 });
  await expect(loadMapping(big)).rejects.toThrow(/Is it the input\?/);
});
