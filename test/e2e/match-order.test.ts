import { expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { sync } from '../helpers/sync.ts';
import { writeInput } from '../helpers/write-input.ts';

it('rows that name one contact by different keys are sent in the order of the input', async () => {
  const emulator = await emulatorHere({ contacts: 3, latencyMs: [0, 20], searchLimit: null });
  const email = String(emulator.contact(3)?.['email'] ?? emulator.contact(2)?.['email']);
  const id = emulator.contact(3)?.['email'] ? 3 : 2;
  const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const rows = values.map((value, i) => (i % 2 === 0 ? `crm-${id},,${value}` : `,${email},${value}`));
  const { code } = await sync({
    url: emulator.url,
    args: [
      writeInput('contacts.csv', `crm,email,value\n${rows.join('\n')}\n`),
      ...['-m', writeInput('mapping.yaml', MAPPING)],
      ...['--search-rate', 'unlimited', '--rate', 'unlimited'],
    ],
  });
  expect(code).toBe(0);
  const sent = emulator.journal.map(({ body }) => JSON.stringify(body).match(/"value":"(\w)"/)?.[1]);
  expect(sent).toEqual(values);
});

const MAPPING = `version: 1
match: [{ identifier: crm }, { email: email }]
fields:
  custom_attributes.value: value
`;
