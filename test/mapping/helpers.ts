import type { Mapped, Row, Shape } from '../../src/core/types.ts';
import { type CompiledMapping, compileMapping } from '../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../src/mapping/parse/parse.ts';

/** A mapping document around the given fields, which are indented YAML lines without the indent. */
export function mappingText(fields: string, more = ''): string {
  const indented = fields
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `version: 1\ncontact_id: id\n${more}\nfields:\n${indented}\n`;
}

export function csvShape(columns: readonly string[]): Shape {
  return { input: 0, name: 'contacts.csv', format: 'csv', columns, delimiter: ',' };
}

export function jsonlShape(columns: readonly string[]): Shape {
  return { input: 0, name: 'contacts.jsonl', format: 'jsonl', columns };
}

export function rowOf(record: Row['record']): Row {
  return { input: 0, row: 1, line: 2, record };
}

/** Compiles for a CSV input with the columns of the record, and an `id`. */
export function compileCsv(fields: string, columns: readonly string[], more = ''): Promise<CompiledMapping> {
  return compileMapping(parseMapping(mappingText(fields, more), 'm.yaml'), csvShape(['id', ...columns]));
}

/** Maps one CSV row given as column to cell; its id is 7. */
export async function mapCsv(
  fields: string,
  cells: Readonly<Record<string, string>>,
  more = '',
): Promise<Mapped> {
  const compiled = await compileCsv(fields, Object.keys(cells), more);
  return compiled.apply(rowOf(['7', ...Object.values(cells)]));
}

/** Maps one JSONL row; its id is 7. */
export async function mapJson(
  fields: string,
  record: Readonly<Record<string, unknown>>,
  more = '',
): Promise<Mapped> {
  const mapping = parseMapping(mappingText(fields, more), 'm.yaml');
  const compiled = await compileMapping(mapping, jsonlShape(['id', ...Object.keys(record)]));
  return compiled.apply(rowOf({ id: 7, ...record }));
}

/** What became of a row, short: the body, the code of the error, or why it was skipped. */
export function gist(mapped: Mapped): unknown {
  if (mapped.kind === 'patch' || mapped.kind === 'unmatched') return mapped.patch.body;
  return mapped.kind === 'invalid' ? mapped.error.code : mapped.reason;
}

/** The error that a call throws. */
export function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
