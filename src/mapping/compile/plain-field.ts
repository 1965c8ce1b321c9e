import type { Field, FieldSource } from '../document.ts';
import { optionsAt } from '../options.ts';
import { readOptions } from '../parse/options.ts';
import type { Target } from '../targets.ts';

/** A field that says nothing but its target and source: every option has its default. */
export function plainField(path: string, target: Target, source: FieldSource): Field {
  return { path, target, source, ...readOptions(optionsAt('field'), { path, target }) };
}
