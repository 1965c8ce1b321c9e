import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row, Shape } from '../../src/core/types.ts';
import { rejectText } from '../../src/journal/reject-format.ts';
import { readBytes } from '../input/helpers.ts';
import { FUZZ_TIMEOUT_MS, fuzz, mutated, refusalOf } from './fuzzing.ts';

const PIECES = [
  '"',
  '\\',
  '\\u0000',
  '\\ud83d',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\n',
  '\r\n',
  '\r',
  '\u2028',
  '1e999',
  '-0',
  '12345678901234567890',
  '"__proto__":',
  '"_row":1,"_line":2,',
  '\uFFFD',
  ' ',
];
const SEEDS = [
  '{"contact_id":318763,"name":"Anna","custom_attributes":{"plan":"team"}}\n{"contact_id":"318764","tags":["a",1,null]}\n',
  '{"contact_id":1,"crm":12345678901234567890,"score":1.10,"far":1e400}\n{"contact_id":2,"list":[0.1,123456789012345678]}\n',
  '{"contact_id":1,"a":{"b":{"c":{"d":[{"e":0.1}]}}}}\n\n{}\n',
  '{"contact_id":1}\n{"contact_id":2,"_row":1,"_line":1,"_status":"invalid","_error_code":"ERR_X","_error_message":"no \\"x\\""}\n',
];
const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 4 });

test('every line that is not blank is one row, read as JSON.parse reads it', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  await fuzz(fc.tuple(mutated(SEEDS, PIECES), sizes), async ([text, cuts]) => {
    // a first line that can be read, without what is refused for the file as a whole
    const whole = `{"contact_id":1}\n${text
      .replaceAll('\0', '')
      .replaceAll('\uFEFF', '')
      .replace(/\p{Cs}/gu, '')}`;
    const lines = whole.split('\n').map((line) => line.replace(/\r$/, ''));
    const { rows, error } = await readBytes(whole, 'contacts.jsonl', {}, cuts);
    expect(error).toBeUndefined();
    expect(rows.map(({ line }) => line)).toEqual(
      lines.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1])),
    );
    for (const row of rows) {
      const line = lines[row.line - 1] ?? '';
      if ('error' in row) expect(row.text).toBe(line);
      else expect(plain(row.record)).toEqual(plain(JSON.parse(line)));
    }
  });
});

test('any bytes are read or refused, and a reject can be fed back', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  const shape: Shape = { input: 0, name: 'contacts.jsonl', format: 'jsonl', columns: [] };
  const bytes = fc.oneof(
    mutated(SEEDS, PIECES).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 60 }),
  );
  const error = { code: 'ERR_X', message: 'what is "wrong"' };
  const own = (row: Row) => ({ number: 1, input: 0, row: row.row, line: row.line, run: 'run-1' });
  await fuzz(fc.tuple(bytes, sizes), async ([input, cuts]) => {
    const refusal = await refusalOf(async () => {
      const { rows } = await readBytes(input, 'contacts.jsonl', {}, cuts);
      for (const row of rows) {
        if ('error' in row) continue;
        const once = rejectText(row, shape, 'invalid', error, own(row));
        const again = rejectText({ ...row, text: once.trimEnd() }, shape, 'invalid', error, own(row));
        expect(again).toBe(once);
        expect(JSON.parse(once)).toMatchObject({ _row: row.row, _line: row.line, _error_code: 'ERR_X' });
      }
    });
    if (refusal) expect(refusal.message).toContain('contacts.jsonl');
  });
});

// --- internal ---

/** Numbers as doubles, whether they are kept exactly or not. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => {
    const source =
      typeof inner === 'object' && inner !== null && 'source' in inner ? inner.source : undefined;
    return typeof source === 'string' && /^-?\d/.test(source) ? jsonNumber(source) : inner;
  });
}

/** What is left of a number that a double cannot hold once it went through JSON. */
function jsonNumber(source: string): unknown {
  return JSON.parse(JSON.stringify(Number(source)));
}
