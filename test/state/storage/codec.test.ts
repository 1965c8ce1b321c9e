import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../../src/state/compare/hash.ts';
import { KINDS } from '../../../src/state/compare/normalise.ts';
import { AREAS } from '../../../src/state/compare/paths.ts';
import { decodeRecord, encodeRecord, epochOf, holdsDigest } from '../../../src/state/storage/codec.ts';
import { idBytes, idOf } from '../../../src/state/storage/keys.ts';
import { type ContactRecord, emptyRecord } from '../../../src/state/storage/record.ts';
import { decodeLayout } from '../../../src/state/storage/record-layout.ts';

const hash = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, '0'));
const known = fc.option(fc.oneof(fc.constant(EMPTY), hash), { nil: undefined });
const field = fc.oneof(
  fc.record({ base: known, theirs: known }),
  hash.map((both) => ({ base: both, theirs: both })),
);
const entry = fc.tuple(
  fc.nat(65_535),
  field,
  fc.record({ kind: fc.constantFrom(...KINDS), writer: fc.nat(255), inDoubt: fc.boolean() }),
);
const record: fc.Arbitrary<ContactRecord> = fc.record({
  epoch: fc.nat(2 ** 31 - 1),
  isWritten: fc.boolean(),
  isMet: fc.boolean(),
  isUnlisted: fc.boolean(),
  areas: fc.subarray([...AREAS]).map((areas) => new Set(areas)),
  digests: fc.array(hash, { maxLength: 3 }),
  fields: fc
    .array(entry, { maxLength: 20 })
    .map((entries) => new Map(entries.map(([id, hashes, more]) => [id, { ...hashes, ...more }]))),
});

/** Layouts under numbers up to `room` of them. */
function layouts(room: number) {
  const known: string[] = [];
  return {
    numberOf(bytes: Buffer) {
      const text = bytes.toString('hex');
      if (!known.includes(text) && known.length < room) known.push(text);
      const number = known.indexOf(text);
      return number < 0 ? undefined : number;
    },
    at: (number: number) => {
      const text = known[number];
      return text === undefined ? undefined : decodeLayout(Buffer.from(text, 'hex'));
    },
    parse: decodeLayout,
  };
}

const areaOf = () => 'columns' as const;

describe.each([0, 100])('a record, with room for %i layouts', (room) => {
  it('is read as it was written, but for what says nothing', () => {
    fc.assert(
      fc.property(record, (written) => {
        const all = layouts(room);
        const bytes = encodeRecord(written, all, areaOf);
        const nothing = written.areas.has('columns') ? EMPTY : undefined;
        const telling = [...written.fields].filter(
          ([, one]) => one.inDoubt || one.base !== undefined || one.theirs !== nothing,
        );
        expect(decodeRecord(bytes, all)).toEqual({ ...written, fields: new Map(telling) });
        expect(epochOf(bytes)).toBe(written.epoch);
      }),
    );
  });

  it('says which digests it holds', () => {
    fc.assert(
      fc.property(record, hash, (written, other) => {
        const bytes = encodeRecord(written, layouts(room), areaOf);
        for (const digest of written.digests) expect(holdsDigest(bytes, digest)).toBe(true);
        expect(holdsDigest(bytes, other)).toBe(written.digests.includes(other));
      }),
    );
  });

  it('that was cut short or grew counts as unknown', () => {
    fc.assert(
      fc.property(record, fc.nat(), (written, at) => {
        const all = layouts(room);
        const bytes = encodeRecord(written, all, areaOf);
        expect(decodeRecord(bytes.subarray(0, at % bytes.length), all)).toBeUndefined();
        expect(decodeRecord(Buffer.concat([bytes, Buffer.alloc(1)]), all)).toBeUndefined();
      }),
    );
  });
});

it('any bytes are a record or unknown, and never a fault', () => {
  const all = layouts(100);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      decodeRecord(Buffer.from(bytes), all);
    }),
  );
});

it('contacts with the same fields share a layout, in whatever order the fields came', () => {
  const field = { base: '1'.repeat(16), theirs: undefined, kind: 'text', writer: 1, inDoubt: false } as const;
  const all = layouts(1);
  const [one, two] = [
    [1, 2],
    [2, 1],
  ].map((ids) => ({ ...emptyRecord(), fields: new Map(ids.map((id) => [id, { ...field }])) }));
  if (one && two) expect(encodeRecord(one, all, areaOf)).toEqual(encodeRecord(two, all, areaOf));
  expect.assertions(1);
});

it('ten fields that are known and the same on both sides take 96 bytes', () => {
  const full = emptyRecord();
  full.digests.push('1'.repeat(16));
  for (let id = 0; id < 10; id++) {
    const both = `${id}`.repeat(16);
    full.fields.set(id, { base: both, theirs: both, kind: 'text', writer: 1, inDoubt: false });
  }
  full.fields.set(0, {
    base: EMPTY.replace(/0$/, '1'),
    theirs: undefined,
    kind: 'text',
    writer: 1,
    inDoubt: false,
  });
  expect(encodeRecord(full, layouts(1), areaOf)).toHaveLength(96);
});

it('every id is a key and comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
      expect(idOf(Buffer.from(idBytes(id)))).toBe(id);
    }),
    { examples: [[2 ** 32 - 1], [2 ** 32], [Number.MAX_SAFE_INTEGER]] },
  );
});
