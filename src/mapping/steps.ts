import type { Shape } from '../types.ts';
import { cellReader, type ReadCell } from './cell.ts';
import { coercerFor } from './coerce/coerce.ts';
import type { Field, Mapping } from './document.ts';
import { matchGlob } from './glob.ts';
import { mappingError } from './mapping-error.ts';
import { columnStep, type Step, templateStep } from './step.ts';
import { clearingValue, refusedKey } from './targets.ts';
import { wholeStep } from './whole-step.ts';

/** Columns that the mapping names one by one: a glob leaves these alone. */
export function namedColumns(mapping: Mapping): ReadonlySet<string> {
  const names = new Set([mapping.contactId]);
  for (const { column } of mapping.only) names.add(column);
  for (const { column } of mapping.expect) names.add(column);
  for (const { source } of mapping.fields) {
    if (source.kind === 'column') names.add(source.column);
    if (source.kind !== 'template') continue;
    for (const part of source.parts) if (typeof part !== 'string') names.add(part.column);
  }
  return names;
}

/** The fields with each glob replaced by one field per column that it matches. Throws `ERR_MAPPING`. */
export function expandGlobs(mapping: Mapping, shape: Shape): readonly Field[] {
  const named = namedColumns(mapping);
  const taken = new Map(mapping.fields.map((field) => [field.path, `the mapping sets it itself`]));
  return mapping.fields.flatMap((field) => {
    if (field.source.kind !== 'columns') return [field];
    const at = mapping.places.get(`fields.${field.path}`);
    const found: Field[] = [];
    for (const column of shape.columns) {
      if (named.has(column)) continue;
      const key = keyOf(field.source.globs, column, shape);
      if (key === undefined) continue;
      const path = `custom_attributes.${key}`;
      const refused = refusedKey(key);
      if (refused !== undefined) throw mappingError(at, `the column ${JSON.stringify(column)}: ${refused}`);
      const other = taken.get(path);
      if (other !== undefined) {
        throw mappingError(
          at,
          `the column ${JSON.stringify(column)} would set ${path}, but ${other}. Keep one of them.`,
        );
      }
      taken.set(path, `the column ${JSON.stringify(column)} does so too`);
      found.push({ ...field, path, target: { kind: 'custom', key }, source: { kind: 'column', column } });
    }
    if (found.length > 0) return found;
    const globs = field.source.globs.map((glob) => JSON.stringify(glob)).join(' or ');
    throw mappingError(
      at,
      `no column of ${shape.name} matches ${globs}, beside those named elsewhere. ${columnList(shape)}`,
    );
  });
}

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

/** `It has: "a", "b"`: the columns of an input, for an error. */
export function columnList(shape: Shape): string {
  const most = 30;
  const names = shape.columns
    .slice(0, most)
    .map((column) => JSON.stringify(column))
    .join(', ');
  const more = shape.columns.length - most;
  return `It has: ${names}${more > 0 ? ` and ${more} more` : ''}.`;
}

// --- internal ---

/** In JSONL a dot leads into an object, so there `*` stops at dots. */
function keyOf(globs: readonly string[], column: string, shape: Shape): string | undefined {
  for (const glob of globs) {
    const key = matchGlob(glob, column);
    if (key !== undefined && (shape.format === 'csv' || !key.includes('.'))) return key;
  }
  return undefined;
}
