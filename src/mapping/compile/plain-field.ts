import type { Field, FieldSource } from '../document.ts';
import { parseReading } from '../parse/reading.ts';
import type { Target } from '../targets.ts';

/** A field that says nothing but its target and source: every option has its default. */
export function plainField(path: string, target: Target, source: FieldSource): Field {
  return {
    path,
    target,
    source,
    ...parseReading(undefined, target, undefined),
    trim: true,
    empty: 'keep',
    null: 'keep',
    emptyValues: [],
    otherwise: 'error',
    onConflict: 'ours',
  };
}
