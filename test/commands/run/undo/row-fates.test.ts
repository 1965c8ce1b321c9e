import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRowFates } from '../../../../src/commands/run/undo/row-fates.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

const AT = '2026-01-01T00:00:00.000Z';
const RUN = { type: 'run', version: 3, options: {} };
const SENDING = { type: 'sending', row: 3, contact_id: 2, set: 0 };
const RESUME = { type: 'resume', tool_version: '0.2.0', at: AT, rows_done: 0, torn_bytes: 0, limit: 'all' };
const rowOf = (status: string, more: object = {}) => ({
  type: 'row',
  row: 3,
  line: 4,
  contact_id: 2,
  status,
  at: AT,
  ...more,
});
const UPDATED = rowOf('updated', { fields: ['name'], set: 0 });
const REJECTED = rowOf('rejected', { error: { code: 'ERR_NOT_FOUND', message: 'gone' } });

describe('what became of the writes of a row', () => {
  it.each<[what: string, lines: readonly object[], fate: string]>([
    ['updated', [SENDING, UPDATED], 'written'],
    ['refused', [SENDING, REJECTED], 'refused'],
    ['cut off', [SENDING], 'maybe'],
    // only the last process knows what it wrote: the one before may have died before its request left
    ['cut off, and updated by a resumed run', [SENDING, RESUME, SENDING, UPDATED], 'maybe'],
    ['cut off, and refused by a resumed run', [SENDING, RESUME, SENDING, REJECTED], 'maybe'],
    [
      'announced, withdrawn, and updated by a resumed run',
      [SENDING, withdrawn(), RESUME, UPDATED],
      'written',
    ],
  ])('%s', async (_what, lines, fate) => {
    const dir = tempDir();
    const text = [RUN, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(dir, 'results.jsonl'), text);
    const fates = await readRowFates(dir);
    expect(fates.of(0, 3)).toBe(fate);
  });
});

function withdrawn(): object {
  const { set: _, ...line } = SENDING;
  return line;
}
