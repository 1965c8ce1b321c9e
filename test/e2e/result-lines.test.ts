import { expect, it } from 'vitest';
import type { JournalLine } from '../../src/journal/journal-lines.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { sync } from '../helpers/sync.ts';
import { writeInput } from '../helpers/write-input.ts';

const MAPPING = `
version: 1
contact_id: contact_id
fields:
  name: name
  email: { column: email, type: email }
  first_name: name
  custom_attributes.plan: plan
`;
const INPUT = `contact_id,name,email,plan
1,Anna,anna@example.org,team
2,,,
3,Chloé,not an address,
99,Daniel,,
4,Emre,TAKEN,
5,Fatima,,
`;

it('one line of each status', async () => {
  const emulator = await emulatorHere({ contacts: 6, contactFaults: { 5: '502' } });
  const taken = String(emulator.contact(6)?.['email']);
  const { rows, journal } = await sync({
    url: emulator.url,
    args: [
      writeInput('contacts.csv', INPUT.replace('TAKEN', taken)),
      ...['-m', writeInput('mapping.yaml', MAPPING)],
      ...['--concurrency', '1', '--max-attempts', '2'],
    ],
  });
  const lines = [...rows].sort((a, b) => a.row - b.row);
  expect(lines.map(masked)).toMatchInlineSnapshot(`
    [
      "{"type":"row","row":1,"line":2,"contact_id":1,"status":"updated","http_status":200,"attempts":1,"duration_ms":MS,"fields":["name","email","first_name","custom_attributes.plan"],"not_applied":["first_name"],"at":"TIME","set":0}",
      "{"type":"row","row":2,"line":3,"contact_id":2,"status":"skipped","reason":"empty","at":"TIME"}",
      "{"type":"row","row":3,"line":4,"contact_id":3,"status":"invalid","error":{"code":"ERR_EMAIL","message":"Column \\"email\\" is not an e-mail address: one \\"@\\", something on both sides, no space.","field":"email","column":"email"},"at":"TIME","fault":"HASH","reject":{"file":"rejects.csv","end":262}}",
      "{"type":"row","row":4,"line":5,"contact_id":99,"status":"rejected","http_status":404,"attempts":1,"duration_ms":MS,"error":{"code":"ERR_NOT_FOUND","message":"the account has no such contact: deleted, merged into another, or never there: Resource could not be found","api":{"status":404,"text":"Resource could not be found"}},"at":"TIME","fault":"HASH","reject":{"file":"rejects.csv","end":453}}",
      "{"type":"row","row":5,"line":6,"contact_id":4,"status":"rejected","http_status":422,"attempts":1,"duration_ms":MS,"error":{"code":"ERR_VALIDATION","message":"the API refused a value: Email has already been taken","field":"email","api":{"status":422,"attributes":["email"],"text":"Email has already been taken"}},"at":"TIME","fault":"HASH","reject":{"file":"rejects.csv","end":613}}",
      "{"type":"row","row":6,"line":7,"contact_id":5,"status":"failed","http_status":502,"attempts":2,"duration_ms":MS,"error":{"code":"ERR_SERVER","message":"the API answered with a server error (2 requests): 502 Bad Gateway","api":{"status":502,"text":"502 Bad Gateway"}},"at":"TIME","fault":"HASH","reject":{"file":"rejects.csv","end":756},"set":1}",
    ]
  `);
  const types = journal.map(({ type }) => type).filter((type) => type !== 'fields' && type !== 'sending');
  expect(types).toEqual(['run', ...rows.map(() => 'row'), 'end']);
});

it('of a dry run', async () => {
  const emulator = await emulatorHere();
  const { rows } = await sync({
    url: emulator.url,
    args: [writeInput('contacts.csv', 'contact_id,name\n1,Anna\n'), '--dry-run'],
  });
  expect(rows.map(masked)).toMatchInlineSnapshot(`
    [
      "{"type":"row","row":1,"line":2,"contact_id":1,"status":"planned","fields":["name"],"at":"TIME"}",
    ]
  `);
});

it('of a retry whose row came too late', async () => {
  const emulator = await emulatorHere({ contacts: 1, contactFaults: { 1: ['502'] } });
  const input = writeInput('contacts.csv', 'contact_id,name\n1,Older\n1,Newer\n');
  const first = await sync({ url: emulator.url, args: [input, '--max-attempts', '1'] });
  expect(first.rows.map(({ status }) => status)).toEqual(['failed', 'updated']);

  const { code, rows } = await sync({ url: emulator.url, args: ['--retry', first.runDir] });
  expect(code).toBe(0);
  expect(rows.map(masked)).toMatchInlineSnapshot(`
    [
      "{"type":"row","row":1,"line":2,"contact_id":1,"status":"superseded","at":"TIME","set":0}",
    ]
  `);
  expect(emulator.contact(1)).toMatchObject({ name: 'Newer' });
});

it('the first line of a journal', async () => {
  const emulator = await emulatorHere();
  const input = writeInput('contacts.csv', 'contact_id,name\n1,Anna\n');
  const { journal } = await sync({ url: emulator.url, args: [input, '--dry-run'] });
  expect(masked(journal[0]).replaceAll(emulator.url, 'URL').replaceAll(input, 'INPUT')).toMatchInlineSnapshot(
    `"{"type":"run","version":3,"run_id":"…","tool_version":"0.1.1","started_at":"TIME","account":"…","base_url":"URL","inputs":[{"name":"INPUT","path":"INPUT","format":"csv","delimiter":",","size":23,"sha256":"68e7238ba1b50388db1014ab85ed92d5d0880c560e0a4bfbb2efd2dfb682da65"}],"mapping_hash":"5c4404eb8e170bc9","options":{"rate":"unlimited","concurrency":50,"max_attempts":6,"limit":"all","format":null,"encoding":null,"delimiter":null,"full":false,"quote":null,"skip_rows":null,"skip_footer":null},"given":{"flags":{"rate":"unlimited","dry-run":true,"state":false},"environment":{}},"dry_run":true}"`,
  );
});

// --- internal ---

/** The line as written, without what differs from run to run. */
function masked(line: JournalLine | undefined): string {
  return JSON.stringify(line)
    .replace(/"(at|started_at)":"[^"]*"/g, '"$1":"TIME"')
    .replace(/"fault":"[0-9a-f]{16}"/, '"fault":"HASH"')
    .replace(/"duration_ms":\d+/, '"duration_ms":MS')
    .replace(/"(run_id|account)":"[^"]*"/g, '"$1":"…"');
}
