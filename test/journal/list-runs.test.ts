import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasSentOrConfirmed } from '../../src/journal/list-runs.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const SENDING = '{"type":"sending","row":1,"contact_id":7,"set":0}';

test.each<[what: string, lines: readonly string[], isDelivered: boolean]>([
  ['nothing', [], false],
  ['a row that was sent', ['{"type":"row","row":1,"line":2,"contact_id":7,"status":"updated"}'], true],
  ['a row that may have been sent when the run was killed', [SENDING], true],
  ['one that was stopped first', [SENDING, '{"type":"sending","row":1,"contact_id":7}'], false],
  [
    'a row that was as its contact is',
    ['{"type":"row","row":1,"line":2,"contact_id":7,"status":"unchanged","set":0}'],
    true,
  ],
  ['one that was refused', [SENDING, '{"type":"row","row":1,"line":2,"status":"rejected"}'], false],
])('a run with %s in its journal', async (_what, lines, isDelivered) => {
  const dir = tempDir();
  const text = ['{"type":"run","version":3}', ...lines].join('\n');
  writeFileSync(join(dir, 'results.jsonl'), `${text}\n`);
  expect(await hasSentOrConfirmed(dir)).toBe(isDelivered);
});
