// @ts-check
/**
 * Reads random valid numbers of every country in every spelling, with the built program's rule: how many are right, refused
 * and wrong. Fails if one is wrong. `node scripts/phone-sweep.mjs [numbers a country and kind] [seed]`
 */
import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { coercePhone } from '../build/mapping/coerce/phone.js';
import { countReadings, randomPhones } from './sweeps/phone-spellings.mjs';

const out = new Console(process.stdout);
const [each = '50', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const examples = JSON.parse(
  readFileSync(new URL('../fixtures/phones/examples.json', import.meta.url), 'utf8'),
);

/** @param {boolean} strict */
function readerOf(strict) {
  /** @type {Map<string, import('../build/mapping/coerce/fault.js').Coerce>} */
  const coercers = new Map();
  return (/** @type {string} */ text, /** @type {string} */ country) => {
    const coerce = coercers.get(country) ?? coercePhone({ country, strict }, undefined);
    coercers.set(country, coerce);
    const value = coerce.text(text);
    return typeof value === 'string' ? value : undefined;
  };
}

const phones = randomPhones(Number(each), Number(seed));
let isWrong = false;
for (const [title, numbers] of /** @type {const} */ ([
  ['examples', examples],
  [`random, seed ${seed}`, phones],
])) {
  for (const strict of [false, true]) {
    const { table, wrong, refused } = countReadings(numbers, readerOf(strict));
    const sum = { right: 0, refused: 0, wrong: 0 };
    for (const counts of Object.values(table))
      for (const key of /** @type {const} */ (['right', 'refused', 'wrong'])) sum[key] += counts[key];
    out.log(`\n${title}: ${numbers.length} numbers${strict ? ', strict' : ''}`);
    out.table({ ...table, 'all spellings': sum });
    for (const line of refused.slice(0, 5)) out.log(line);
    for (const line of wrong.slice(0, 20)) out.log(line);
    isWrong ||= wrong.length > 0;
  }
}
process.exitCode = isWrong ? 1 : 0;
