import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MAPPING = `version: 1
contact_id: id
only: { Status: [active] }
fields:
  name: "{first} {last}"
  email: { column: Email, type: email }
  phone_number: { column: Phone, type: phone, country: US }
  custom_attributes.vip_level: { column: Tier, values: { G: gold, P: platinum }, otherwise: error }
  custom_attributes.score: { column: Score, type: number }
  custom_attributes.*: { columns: "cf_*" }
`;
const EXAMPLES = `- name: a gold customer
  row: { id: 12, Status: active, first: Anna, last: Ito, Email: Anna@Example.com, Phone: (415) 555-2671, Tier: G, Score: 1.50, cf_plan: team }
  sends:
    contact_id: 12
    name: Anna Ito
    email: Anna@Example.com
    phone_number: "+14155552671"
    custom_attributes.vip_level: gold
    custom_attributes.score: 1.5
    custom_attributes.plan: team
- row: { id: 12, Status: lapsed, first: Anna }
  skips: only
- row: { id: 12, Status: active }
  skips: true
- row: { id: 12, Status: active, Tier: X }
  invalid: { code: ERR_VALUE, field: custom_attributes.vip_level, column: Tier }
- row: { id: 0012, Status: active, Tier: G }
  invalid: ERR_CONTACT_ID
`;

/** Runs the command over a mapping and its examples. */
async function tested(mapping: string, examples: string, name = 'm') {
  const dir = tempDir();
  writeFileSync(join(dir, `${name}.yaml`), mapping);
  writeFileSync(join(dir, `${name}.test.yaml`), examples);
  const { code, stdout, stderr } = await cliHere(['test', join(dir, `${name}.test.yaml`)]);
  const plain = (text: string): string => text.replaceAll(`${dir}/`, '');
  return { dir, code, stdout: plain(stdout), stderr: plain(stderr) };
}

describe('test', () => {
  it('passes where every row becomes what its example says, named by either file', async () => {
    const { dir, code, stdout, stderr } = await tested(MAPPING, EXAMPLES);
    expect([code, stdout, stderr]).toEqual([0, '5 examples of m.yaml: all as expected\n', '']);
    expect((await cliHere(['test', join(dir, 'm.yaml')])).code).toBe(0);
  });

  it('shows what differs, with its line', async () => {
    const wrong = EXAMPLES.replace('gold\n    custom_attributes.score: 1.5', 'platinum\n    name.x: 1')
      .replace('skips: only', 'skips: empty')
      .replace('invalid: ERR_CONTACT_ID', 'sends: { contact_id: 12 }');
    const { code, stdout } = await tested(MAPPING, wrong);
    expect(code).toBe(1);
    expect(stdout).toBe(`m.test.yaml:1: a gold customer
  m.test.yaml:8: custom_attributes.vip_level: expected "platinum", got "gold"
  m.test.yaml:9: name.x: expected 1, got nothing
  m.test.yaml:4: custom_attributes.score: expected nothing, got 1.5
m.test.yaml:11: example 2
  m.test.yaml:12: expected a row that is skipped: empty, but it is skipped: only
m.test.yaml:17: example 5
  m.test.yaml:18: expected a row that is sent, but it is invalid: ERR_CONTACT_ID: ${/ERR_CONTACT_ID: (.*)\n/.exec(stdout)?.[1]}
3 of 5 examples of m.yaml failed
`);
  });

  it('knows rows of JSON lines by their lists and maps, and contacts by their keys', async () => {
    const mapping =
      'version: 1\nmatch: [email: user.mail, identifier: ref]\nfields: { custom_attributes.tags: { column: tags, type: json }, name: user.name }\n';
    const examples = `- row: { user: { mail: A@B.de, name: Anna }, ref: x1, tags: [1, 2] }
  sends: { match: { email: a@b.de, identifier: x1 }, name: Anna, custom_attributes.tags: [1, 2] }
- row: { user: { name: Anna }, ref: x1 }
  sends: { match: { email: a@b.de }, name: Anna }
`;
    const { code, stdout } = await tested(mapping, examples);
    expect(code).toBe(1);
    expect(stdout).toBe(`m.test.yaml:3: example 2
  m.test.yaml:4: match by email: expected "a@b.de", got nothing
  m.test.yaml:4: match by identifier: expected nothing, got "x1"
1 of 2 examples of m.yaml failed
`);
  });

  it('shows keys in another order, and what the contact is expected to have', async () => {
    const mapping =
      'version: 1\nmatch: { email: mail, identifier: ref }\nexpect: { custom_attributes.crm: crm }\nfields: { name: name }\n';
    const examples = `- row: { mail: a@b.de, ref: x1, crm: "7", name: Anna }
  sends:
    match: { identifier: x1, email: a@b.de }
    expect: { custom_attributes.crm: "8" }
    name: Anna
`;
    const { code, stdout } = await tested(mapping, examples);
    expect(code).toBe(1);
    expect(stdout).toBe(`m.test.yaml:1: example 1
  m.test.yaml:3: match, in this order: expected ["identifier","email"], got ["email","identifier"]
  m.test.yaml:4: expect custom_attributes.crm: expected "8", got "7"
1 of 1 example of m.yaml failed
`);
    const right = examples.replace('identifier: x1, email: a@b.de', 'email: a@b.de, identifier: x1');
    expect((await tested(mapping, right.replace('"8"', '"7"'))).code).toBe(0);
    expect((await tested(mapping.replace(/expect.*\n/, ''), right)).stdout).toContain(
      'm.test.yaml:4: expect custom_attributes.crm: expected "8", got nothing',
    );
  });

  it.each([
    ['', 'm.test.yaml: here belong examples'],
    ['version: 1\n', 'm.test.yaml:1:1: here belong examples'],
    ['- sends: { name: x }\n', 'm.test.yaml:1:3: this example has no "row"'],
    ['- row: { id: 1 }\n', 'm.test.yaml:1:3: an example says one of "sends", "skips" and "invalid"'],
    ['- row: { id: 1 }\n  skips: true\n  invalid: ERR_X\n', 'an example says one of'],
    [
      '- row: { id: 1 }\n  send: { name: x }\n',
      'm.test.yaml:2:3: "send" means nothing in an example. Did you mean "sends"?',
    ],
    [
      '- row: { id: 1 }\n  skips: missing\n',
      'm.test.yaml:2:10: "skips" is true, or why the row is skipped: empty, only, blank, header.',
    ],
    [
      '- row: { id: 1 }\n  invalid: phone\n',
      '"invalid" is the code of an error, such as ERR_PHONE, not "phone"',
    ],
    ['- row: { id: 1 }\n  invalid: { field: email }\n', '"invalid" has no "code"'],
    [
      '- row: { id: 1, Emial: a@b.de, cf_x: 1 }\n  skips: true\n',
      'm.test.yaml:1: no field reads the column "Emial". Did you mean "Email"?',
    ],
    ['- row: [1]\n  skips: true\n', '"row" must be a list of "key: value" pairs'],
    ['- row: { id: 1 }\n  skips: true\n', 'cf_*'],
  ])('%j is exit 2, with file and line', async (examples, message) => {
    const { code, stderr, stdout } = await tested(MAPPING, examples);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });

  it.each([
    [['nowhere.yaml'], 'there is no file nowhere.yaml'],
    [[], 'there are no examples here: write mapping.test.yaml beside mapping.yaml'],
  ])('without a file for %j it is exit 2', async (files, message) => {
    const { code, stderr } = await cliHere(['test', ...files]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('a mapping without examples, and examples without a mapping, are exit 2', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'a.yaml'), MAPPING);
    writeFileSync(join(dir, 'b.test.yaml'), EXAMPLES);
    expect((await cliHere(['test', join(dir, 'a.yaml')])).stderr).toContain(
      'a.yaml has no file of examples beside it',
    );
    expect((await cliHere(['test', join(dir, 'b.test.yaml')])).stderr).toContain(
      'b.test.yaml has no mapping beside it',
    );
  });
});
