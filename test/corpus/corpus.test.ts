import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture } from '../helpers/fixture.ts';
import { CREDENTIALS } from './expectations/credentials.ts';
import { CSV_FILES } from './expectations/csv-files.ts';
import { CSV_MEANINGS } from './expectations/csv-meanings.ts';
import { CSV_ROWS } from './expectations/csv-rows.ts';
import { CSV_VALUES } from './expectations/csv-values.ts';
import { JSONL } from './expectations/jsonl.ts';
import { MAPPING_DOCUMENTS } from './expectations/mapping-documents.ts';
import { MAPPING_FIELDS } from './expectations/mapping-fields.ts';
import { OPTIONS } from './expectations/options.ts';
import { type Expectations, type Expected, holds } from './expected.ts';
import { type Found, runCase } from './run-case.ts';

const CORPUS: Readonly<Record<string, Expectations>> = {
  csv: { ...CSV_FILES, ...CSV_ROWS, ...CSV_VALUES, ...CSV_MEANINGS },
  jsonl: JSONL,
  mapping: { ...MAPPING_DOCUMENTS, ...MAPPING_FIELDS },
  credentials: CREDENTIALS,
  options: OPTIONS,
};

describe.each(Object.entries(CORPUS))('%s', (topic, expectations) => {
  test.each(Object.entries(expectations))('%s', async (name, expected) => {
    const found = await runCase(`${topic}/${name}`, expected);
    expect(found).toMatchObject({ exit: expected.exit, code: expected.code });
    for (const says of [expected.says ?? []].flat()) {
      if (!holds(found.said, says)) expect(found.said).toContain(says);
    }
    if (expected.rows) expect(asExpected(found.rows, expected.rows)).toEqual(expected.rows);
    expectOrder(found, expected);
  });

  test('every file has its expectation', () => {
    const files = readdirSync(fixture(`corpus/${topic}`)).filter((name) => !name.endsWith('.txt'));
    expect(files.sort()).toEqual(Object.keys(expectations).sort());
  });
});

// --- internal ---

/** What must hold whatever the fault is. */
function expectOrder({ exit, said, summary, rows, files, emulator }: Found, expected: Expected): void {
  expect(said).not.toMatch(/^\s+at /m);
  expect(said).not.toContain('a bug of ours');
  if (exit === 2) {
    expect(emulator.requests).toHaveLength(0);
    expect(files).toBeUndefined();
    return;
  }
  const counts = Object.values(summary?.statuses ?? {});
  const settled = counts.reduce((sum, count) => sum + count, 0);
  expect(rows).toHaveLength(settled);
  expect(summary?.rows_read).toBe(settled + (summary?.pending ?? 0));
  expect(summary?.exit_code).toBe(expected.exit);
  // every request was for a contact: no id has reached another path
  expect([...emulator.requests].filter(({ contactId }) => contactId === null)).toEqual([]);
}

/** The rows found, each as its expectation has it where that holds: a difference then shows the whole message. */
function asExpected(rows: readonly string[], expected: readonly string[]): readonly string[] {
  return rows.map((row, index) => {
    const pattern = expected[index];
    return pattern !== undefined && holds(row, pattern, true) ? pattern : row;
  });
}
