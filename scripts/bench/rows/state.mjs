// @ts-check
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeScatteredContacts } from '../input.mjs';
import { CREDENTIALS, measure, measureRun } from '../measure.mjs';
import { finding } from '../table.mjs';

const FILL_STATE = fileURLToPath(new URL('../loops/fill-state.mjs', import.meta.url));
/** Nothing listens there, since nothing is to be sent. */
const URL_OF_NOBODY = 'http://127.0.0.1:9';

/**
 * What the state of an account takes on disk and in memory: ten fields a contact, three of them keys, delivered once with
 * ids in no order, and learned from answers; and the night after, in which nothing has changed.
 * @param {import('../context.mjs').Context} context
 */
export async function state(context) {
  const rows = context.isQuick ? 50_000 : 1_000_000;
  const file = writeScatteredContacts(join(context.dir, `scattered-${rows}.csv`), rows);
  const dir = join(context.dir, 'state-of-scattered');
  const filled = await measure([FILL_STATE, dir, accountAt(URL_OF_NOBODY), `${rows}`], { watchMemory: true });
  const bytes = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  const args = [file, '-m', context.mappings.wide, '--base-url', URL_OF_NOBODY, '--state', dir];
  const night = await measureRun(args, { watchMemory: true });
  if (night.summary.statuses.unchanged !== rows) throw new Error('not all contacts were known');
  const memory = (/** @type {string} */ what, /** @type {number} */ value) =>
    finding(what, { value, ...(context.isQuick ? {} : { atMost: 180 }), unit: ' MB', digits: 0 });
  return [
    finding(`state of ${rows.toLocaleString('en-US')} contacts, 10 fields, on disk`, {
      value: bytes / 1e6,
      ...(context.isQuick ? {} : { atMost: 250 }),
      unit: ' MB',
      digits: 0,
      more: `${Math.round(bytes / rows)} bytes a contact`,
    }),
    memory('  private memory of what fills it, peak', filled.peakMb),
    memory('  of the night after, which compares every field, peak', night.peakMb),
  ];
}

// --- internal ---

/** The name of the account whose state a run looks for. @param {string} baseUrl */
function accountAt(baseUrl) {
  return createHash('sha256')
    .update(`${baseUrl}\n${CREDENTIALS.LIVEDESK_API_KEY}`)
    .digest('hex')
    .slice(0, 16);
}
