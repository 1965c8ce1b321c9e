import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineBuffer } from '../../src/journal/line-buffer.ts';

test('the bytes are those of the lines, whatever they hold and however long they are', () => {
  const line = fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.constantFrom(1, 3, 200_000))
    .map(([text, times]) => {
      return text.repeat(times).slice(0, 300_000);
    });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 2 }), (before, lines) => {
      const buffer = new LineBuffer();
      for (const text of before) buffer.add(text);
      buffer.clear();
      for (const text of lines) buffer.add(text);
      const wanted = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      expect(buffer.size).toBe(wanted.length);
      expect(wanted.equals(buffer.bytes)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
