// @ts-check
/**
 * Decodes every code of every WHATWG encoding with the built program, whole and cut at every byte, and compares it with the
 * standard: `node scripts/encoding-sweep.mjs FOLDER`, where FOLDER holds the index files of github.com/whatwg/encoding. Without
 * FOLDER the codes are compared with the digests of an earlier sweep, which `--record` writes.
 */
import { Console } from 'node:console';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { transcoder } from '../build/input/bytes/transcode.js';
import { codesOf, decodeCodes, digestOf, ENCODINGS } from './sweeps/encoding-codes.mjs';
import { tableOf, textOf } from './sweeps/whatwg-tables.mjs';

const out = new Console(process.stdout);
const DIGESTS = new URL('../fixtures/encodings/digests.json', import.meta.url);
/** Of the four-byte codes of gb18030, the tests take every so many. */
const QUICK_STEP = 97;
/** Controls, private-use characters and U+FFFD: the program takes a code of one for a fault. */
const STOPGAP = /[\x80-\x9f\ufffd\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]/u;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean', default: false } },
});
const [folder] = positionals;
const digests = values.record ? {} : JSON.parse(readFileSync(DIGESTS, 'utf8'));
/** @type {Record<string, unknown>} */
const rows = {};
let isWrong = false;

for (const encoding of ENCODINGS) {
  const quick = digestOf(decodeCodes([...codesOf(encoding, QUICK_STEP)], await transcoder(encoding)));
  const isKnown = values.record || JSON.stringify(digests[encoding]) === JSON.stringify(quick);
  digests[encoding] = quick;
  const codes = [...codesOf(encoding, folder ? 1 : QUICK_STEP)];
  const texts = decodeCodes(codes, await transcoder(encoding));
  const cut = decodeCodes(codes, await transcoder(encoding), 1);
  const changedByCut = texts.filter((text, at) => text !== cut[at]).length;
  const row = {
    right: 0,
    flagged: 0,
    'right but flagged': 0,
    'silently wrong': 0,
    'changed by a cut': changedByCut,
  };
  if (folder) {
    const table = tableOf(encoding, folder);
    for (const [at, code] of codes.entries()) {
      const expected = textOf(table, code);
      const text = texts[at] ?? '';
      const isFault = expected === undefined || STOPGAP.test(expected);
      if (text.includes('\uFFFD')) row[isFault ? 'flagged' : 'right but flagged']++;
      else row[!isFault && text === expected ? 'right' : 'silently wrong']++;
    }
  } else Object.assign(row, { right: quick.texts, flagged: quick.faults });
  isWrong ||= !isKnown || row['right but flagged'] + row['silently wrong'] + changedByCut > 0;
  rows[encoding] = { ...row, 'as recorded': isKnown };
}
out.log(`Node ${process.version}`);
out.table(rows);
if (values.record && !isWrong) writeFileSync(DIGESTS, `${JSON.stringify(digests, null, 2)}\n`);
process.exitCode = isWrong ? 1 : 0;
