import type { Shape } from '../types.ts';
import { cellReader, type ReadCell } from './cell.ts';
import { coercerFor } from './coerce/coerce.ts';
import type { Field, Mapping } from './document.ts';
import { columnStep, type Step, templateStep } from './step.ts';
import { clearingValue } from './targets.ts';
import { wholeStep } from './whole-step.ts';

/** Makes a step of a field; `watch` sees the reader of each column and may put itself before it. */
export async function makeStep(
  field: Field,
  mapping: Mapping,
  shape: Shape,
  watch: (column: string, read: ReadCell) => ReadCell,
): Promise<Step> {
  const { path, target, source } = field;
  const readerOf = (column: string) => watch(column, cellReader(column, shape));
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
  const coerce = await coercerFor(field, target, at);
  if (source.kind === 'template') return templateStep(field, source, readerOf, coerce, marker);
  return columnStep(field, source.column, readerOf(source.column), coerce, marker);
}
