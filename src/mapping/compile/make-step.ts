import { coercerFor } from '../coerce/coerce.ts';
import type { Field, Key, Mapping } from '../document.ts';
import { clearingValue } from '../targets.ts';
import type { ReadCell } from './cell.ts';
import { columnStep, type Step, templateStep } from './step.ts';
import { wholeStep } from './whole-step.ts';

/** Makes a step of a field; `readerOf` gives the reader of a column. */
export async function makeStep(
  field: Field,
  mapping: Mapping,
  readerOf: (column: string) => ReadCell,
): Promise<Step> {
  const { path, target, source } = field;
  const marker = mapping.clearMarker;
  if (source.kind === 'value') {
    const value = source.value ?? clearingValue(target) ?? null;
    return { path, target, isConstant: true, take: () => value };
  }
  if (source.kind === 'columns') throw new TypeError('a glob must be expanded first');
  if (target.kind === 'whole' && source.kind === 'column') {
    return wholeStep(field, source.column, readerOf(source.column), marker);
  }
  // a field that came out of a glob stands where the glob does
  const at = mapping.places.get(`fields.${path}`) ?? mapping.places.get('fields.custom_attributes.*');
  return plainStep(field, source, at, readerOf, marker);
}

/** Makes a step of a key that contacts are found by. */
export function makeKeyStep(
  key: Key,
  mapping: Mapping,
  readerOf: (column: string) => ReadCell,
): Promise<Step> {
  return plainStep(key, key.source, mapping.places.get(`match.${key.path}`), readerOf, mapping.clearMarker);
}

// --- internal ---

async function plainStep(
  field: Field,
  source: Key['source'],
  at: string | undefined,
  readerOf: (column: string) => ReadCell,
  marker: string | undefined,
): Promise<Step> {
  const coerce = await coercerFor(field, field.target, at);
  if (source.kind === 'template') return templateStep(field, source, readerOf, coerce, marker);
  return columnStep(field, source.column, readerOf(source.column), coerce, marker);
}
