// @ts-check
import { fileURLToPath } from 'node:url';
import { measure } from '../measure.mjs';
import { finding } from '../table.mjs';

const TORTURE = fileURLToPath(new URL('../../torture.mjs', import.meta.url));

/**
 * Kills at random moments, then `--resume`: a few trials of what `npm run torture` does two hundred times.
 * @param {import('../context.mjs').Context} context
 */
export async function torture(context) {
  const trials = context.isQuick ? 3 : 20;
  const rows = context.isQuick ? '300' : '1000';
  const { stdout } = await measure([TORTURE, '--runs', `${trials}`, '--way', 'kill', '--rows', rows]);
  const number = (/** @type {RegExp} */ pattern) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  const wrong = number(/trials with something wrong +(\d+)/);
  const resent = number(/at most, after one end +(\d+)/);
  return [
    finding(`kill -9, ${trials} trials: with a row lost or doubled`, { value: wrong, atMost: 0, digits: 0 }),
    finding('  rows sent again after a kill, at most (20 in flight)', {
      value: resent,
      atMost: 20,
      digits: 0,
    }),
  ];
}
