import { quotedName } from '../../core/invisible.ts';
import type { Shape } from '../../core/types.ts';
import type { Field, Mapping } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { refusedKey } from '../targets.ts';
import { requireUnambiguous } from './check-columns.ts';
import { columnList } from './column-list.ts';
import { columnUses } from './column-uses.ts';
import { matchGlob } from './glob.ts';

/** The fields with each glob replaced by one field per column that it matches. Throws `ERR_MAPPING`. */
export function expandGlobs(mapping: Mapping, shape: Shape): readonly Field[] {
  // a column that is named elsewhere has its place already
  const named = new Set(columnUses(mapping, mapping.fields).map(({ column }) => column));
  const taken = new Map(mapping.fields.map((field) => [field.path, `the mapping sets it itself`]));
  return mapping.fields.flatMap((field) => {
    if (field.source.kind !== 'columns') return [field];
    const at = mapping.places.get(`fields.${field.path}`);
    const found: Field[] = [];
    for (const column of shape.columns) {
      if (named.has(column)) continue;
      const key = keyOf(field.source.globs, column, shape);
      if (key === undefined) continue;
      requireUnambiguous(column, shape);
      const path = `custom_attributes.${key}`;
      const refused = refusedKey(key);
      if (refused !== undefined) throw mappingError(at, `the column ${quotedName(column)}: ${refused}`);
      const other = taken.get(path);
      if (other !== undefined) {
        throw mappingError(
          at,
          `the column ${quotedName(column)} would set ${path}, but ${other}. Keep one of them.`,
        );
      }
      taken.set(path, `the column ${quotedName(column)} does so too`);
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

// --- internal ---

/** In JSONL a dot leads into an object, so there `*` stops at dots. */
function keyOf(globs: readonly string[], column: string, shape: Shape): string | undefined {
  for (const glob of globs) {
    const key = matchGlob(glob, column);
    if (key !== undefined && (shape.format === 'csv' || !key.includes('.'))) return key;
  }
  return undefined;
}
