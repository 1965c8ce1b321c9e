// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeScatteredContacts } from '../input.mjs';
import { measureRun } from '../measure.mjs';
import { startAnswerer } from '../servers.mjs';
import { finding } from '../table.mjs';

/**
 * What the state of an account takes on disk and in memory: ten fields a contact, three of them keys, delivered once
 * with ids in no order, and learned from answers.
 * @param {import('../context.mjs').Context} context
 */
export async function state(context) {
  const rows = context.isQuick ? 50_000 : 1_000_000;
  const file = writeScatteredContacts(join(context.dir, `scattered-${rows}.csv`), rows);
  const dir = join(context.dir, 'state-of-scattered');
  const server = await startAnswerer();
  try {
    const args = [file, '-m', context.mappings.wide, '--base-url', server.url, '--state', dir];
    const { peakMb } = await measureRun([...args, '--rate', 'unlimited'], { watchMemory: true });
    const bytes = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    const bound = context.isQuick ? {} : { atMost: 250 };
    const each = `${Math.round(bytes / rows)} bytes a contact`;
    return [
      finding(`state of ${rows.toLocaleString('en-US')} contacts, 10 fields, on disk`, {
        value: bytes / 1e6,
        ...bound,
        unit: ' MB',
        digits: 0,
        more: each,
      }),
      finding('  private memory of the run that fills it, peak', {
        value: peakMb,
        ...(context.isQuick ? {} : { atMost: 180 }),
        unit: ' MB',
        digits: 0,
      }),
    ];
  } finally {
    await server.close();
  }
}
