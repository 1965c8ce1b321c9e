import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codesOf, decodeCodes, digestOf, ENCODINGS } from '../../scripts/sweeps/encoding-codes.mjs';
import { transcoder } from '../../src/input/bytes/transcode.ts';
import { fixture } from '../helpers/fixture.ts';

/** What `node scripts/encoding-sweep.mjs` found to be as the standard has it. */
const DIGESTS: Readonly<Record<string, ReturnType<typeof digestOf>>> = JSON.parse(
  readFileSync(fixture('encodings/digests.json'), 'utf8'),
);

// every code of one and of two bytes, euc-jp's of three, each 97th of gb18030's of four
test.each(ENCODINGS)(
  'each code of %s is the standard’s text or a fault, however the bytes are cut',
  async (encoding) => {
    const codes = [...codesOf(encoding, 97)];
    const texts = decodeCodes(codes, await transcoder(encoding));
    expect(digestOf(texts)).toEqual(DIGESTS[encoding]);
    for (const size of [1, 3]) {
      const cut = decodeCodes(codes, await transcoder(encoding), size);
      expect(texts.findIndex((text, at) => text !== cut[at])).toBe(-1);
    }
  },
);
