// @ts-check
import { measureRun } from '../measure.mjs';
import { startEmulator } from '../servers.mjs';
import { finding } from '../table.mjs';

/** One row in so many is sent: the others are read, mapped and skipped meanwhile. */
const SEND_EACH = 40;
const PER_SECOND = 1_000;

/**
 * How long the event loop is late at 1,000 requests per second while a large CSV is parsed beside them.
 * @param {import('../context.mjs').Context} context
 */
export async function delay(context) {
  const sent = PER_SECOND * (context.isQuick ? 6 : 30);
  const emulator = await startEmulator(sent * SEND_EACH, '20-200ms');
  try {
    const file = context.contacts(sent * SEND_EACH, SEND_EACH);
    const args = [file, '-m', context.mappings.sparse, '--base-url', emulator.url, '--rate', `${PER_SECOND}`];
    const { delayMs, summary, wallMs } = await measureRun(args, { watchDelay: true });
    const parsed = Math.round((sent * SEND_EACH) / (wallMs / 1000)).toLocaleString('en-US');
    const more = `p50 ${delayMs?.p50.toFixed(1)}, max ${delayMs?.max.toFixed(0)}; ${parsed} rows/s read, ${Math.round(summary.rate.achieved)} sent/s`;
    return [
      finding(
        'event loop late, p99, at 1,000/s while parsing',
        { value: delayMs?.p99 ?? Number.NaN, atMost: 20, unit: ' ms', digits: 1, more },
        delayMs,
      ),
    ];
  } finally {
    await emulator.close();
  }
}
