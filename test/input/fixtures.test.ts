import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { BadRow, Row } from '../../src/core/types.ts';
import { openSource } from '../../src/input/open.ts';
import { places } from './helpers.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/input');
const TWO = [
  [1, 2, ['318763', 'Anna']],
  [2, 3, ['318764', 'Ben']],
];
const BYTES_IN_TWO_SCRIPTS = [
  [1, 2, ['318763', 'Jörg']],
  [2, 3, ['318764', '北京']],
];

/** What each fixture reads as: its rows, then the error that ends them or keeps it from being opened. */
const EXPECTED: Record<string, { rows?: unknown[]; columns?: string[]; count?: number; error?: string }> = {
  'quoted-newlines-crlf.csv': {
    rows: [
      [1, 2, ['318763', 'Anna\r\nMüller', 'first\r\nsecond']],
      [2, 5, ['318764', 'Ben', '']],
    ],
  },
  'semicolon-utf8-bom.csv': {
    columns: ['contact_id', 'name', 'score'],
    rows: [
      [1, 2, ['318763', 'Anna', '1,5']],
      [2, 3, ['318764', 'Ben', '2,0']],
    ],
  },
  'tabs-utf-16le-bom.txt': { rows: BYTES_IN_TWO_SCRIPTS },
  'tabs-utf-16be-bom.txt': { rows: BYTES_IN_TWO_SCRIPTS },
  'windows-1252.csv': {
    rows: [
      [1, 2, 'ERR_ENCODING'],
      [2, 3, ['318764', 'Ben']],
    ],
  },
  'two-members.csv.gz': { rows: TWO },
  'truncated.csv.gz': { count: 498, error: 'ERR_INPUT' },
  'excel-sep-line.csv': { rows: [[1, 3, ['318763', 'Anna']]] },
  'ragged-rows.csv': {
    rows: [
      [1, 2, ['318763', 'Anna', 'anna@example.com']],
      [2, 3, 'ERR_RAGGED_ROW'],
      [3, 4, 'ERR_RAGGED_ROW'],
      [4, 5, ['318766', 'Dan', 'dan@example.com']],
    ],
  },
  'blank-lines-no-final-newline.csv': {
    rows: [
      [1, 4, ['318763', 'Anna']],
      [2, 7, ['318764', 'Ben']],
    ],
  },
  'unclosed-quote.csv': { rows: [[1, 2, ['318763', 'Anna']]], error: 'ERR_INPUT' },
  'doubled-header.csv': { columns: ['contact_id', 'email', 'email'], count: 1 },
  'spaces-in-header.csv': { columns: ['contact_id', 'First name', 'Opt out'], count: 1 },
  'header-only.csv': { rows: [] },
  'empty.csv': { error: 'ERR_INPUT' },
  'old-mac-line-breaks.csv': { rows: TWO },
  'json-array.json': { error: 'ERR_INPUT' },
  'line-separator-in-string.jsonl': {
    rows: [
      [1, 1, { contact_id: 318763, name: 'Anna\u2028Müller' }],
      [2, 2, { contact_id: 318764, name: 'Ben' }],
    ],
  },
  'inexact-numbers.jsonl': {
    rows: [
      [1, 1, { contact_id: 318763, crm_id: { source: '12345678901234567890' } }],
      [2, 2, { contact_id: 318764, score: { source: '1e400' } }],
    ],
  },
  'bad-lines.jsonl': {
    rows: [
      [1, 1, { contact_id: 318763 }],
      [2, 2, 'ERR_JSON'],
      [3, 4, 'ERR_JSON'],
      [4, 5, { contact_id: 318766 }],
    ],
  },
  'nested-keys.jsonl': {
    columns: ['contact_id', 'custom', 'custom.plan', 'custom.score', 'tags'],
    count: 2,
  },
};

test.each(Object.entries(EXPECTED))('%s', async (name, { rows, columns, count, error }) => {
  const read: (Row | BadRow)[] = [];
  let code: unknown;
  let found: readonly string[] = [];
  try {
    const source = await openSource(join(FOLDER, name), 0, { stdin: Readable.from([]) });
    found = source.shape.columns;
    try {
      for await (const batch of source.rows()) read.push(...batch);
    } finally {
      await source.close();
    }
  } catch (thrown) {
    code = (thrown as { code?: unknown }).code;
  }
  expect(code).toBe(error);
  if (rows) expect(places(read)).toMatchObject(rows);
  if (rows || count !== undefined) expect(read).toHaveLength(count ?? rows?.length ?? 0);
  if (columns) expect(found).toEqual(columns);
});

test('every fixture is read', async () => {
  expect((await readdir(FOLDER)).sort()).toEqual(Object.keys(EXPECTED).sort());
});
