import { nearMiss } from '../../core/did-you-mean.ts';
import type { Shape } from '../../core/types.ts';
import { columnList } from '../compile/column-list.ts';
import { plainField } from '../compile/plain-field.ts';
import type { Field, FieldSource, Mapping } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { readTarget } from '../targets.ts';

export { describeMapping } from './describe.ts';

/** The column that holds the contact id. Not `id`, which is mostly the CRM's own number. */
const ID_COLUMN = 'contact_id';
/** Fields that are safe to guess: none that routes, identifies or blocks a customer (livedesk-api.md, trap 14). */
const GUESSED = ['name', 'email', 'phone_number'] as const;
const CUSTOM = 'custom_attributes';

/**
 * The mapping for inputs whose columns are named after the fields: `contact_id`, `name`, `email`, `phone_number` and
 * `custom_attributes.<key>`. Throws `ERR_MAPPING` where the names leave anything to guess.
 */
export function autoMapping(shapes: readonly Shape[]): Mapping {
  for (const shape of shapes) if (!shape.isEmpty) requireId(shape);
  const fields: Field[] = [];
  for (const column of GUESSED) {
    if (isEverywhere(column, shapes)) fields.push(fieldOf(column, { kind: 'column', column }));
  }
  const custom = customSource(shapes);
  if (custom) fields.push(fieldOf(custom.kind === 'columns' ? `${CUSTOM}.*` : CUSTOM, custom));
  const [shape] = shapes;
  if (fields.length === 0 && shape !== undefined && !shape.isEmpty) {
    const wanted = `${GUESSED.join(', ')} or ${CUSTOM}.<key>`;
    throw mappingError(
      undefined,
      `no column of ${shape.name} is named ${wanted}, so nothing would be sent. Write a mapping and give it with --mapping. ${columnList(shape)}`,
    );
  }
  return {
    version: 1,
    contact: { kind: 'id', column: ID_COLUMN },
    only: [],
    fields,
    expect: [],
    onInvalidField: 'reject_row',
    places: new Map(),
  };
}

// --- internal ---

function requireId(shape: Shape): void {
  if (shape.columns.includes(ID_COLUMN)) return;
  const id = shape.columns.includes('id') ? 'id' : nearMiss(ID_COLUMN, shape.columns);
  const column = id === undefined || /^\w[\w -]*$/.test(id) ? (id ?? '<column>') : JSON.stringify(id);
  const guess =
    id === undefined
      ? ''
      : ` If ${JSON.stringify(id)} holds the LiveDesk contact id and not a number of your CRM, say so there.`;
  throw mappingError(
    undefined,
    `${shape.name} has no column named ${ID_COLUMN}, and without a mapping the id is taken from nowhere else.${guess} Write a mapping that begins with\n  version: 1\n  contact_id: ${column}\nor, where contacts are to be found by a key of your CRM,\n  version: 1\n  match: { identifier: <column> }\nand give it with --mapping. ${columnList(shape)}`,
  );
}

/** Inputs of one run share the mapping: a column that only some have is a question, not an answer. */
function isEverywhere(column: string, shapes: readonly Shape[]): boolean {
  const without = shapes.find((shape) => shape.format === 'csv' && !shape.columns.includes(column));
  const withIt = shapes.find((shape) => shape.columns.includes(column));
  if (withIt === undefined) return false;
  if (without === undefined) return true;
  throw mappingError(
    undefined,
    `${withIt.name} has a column ${JSON.stringify(column)} and ${without.name} has none. Run them one by one, or write a mapping.`,
  );
}

function customSource(shapes: readonly Shape[]): FieldSource | undefined {
  const has = (shape: Shape) =>
    shape.columns.some((column) => column === CUSTOM || column.startsWith(`${CUSTOM}.`));
  if (!shapes.some(has)) return undefined;
  // an object in JSONL is taken whole, so that keys beyond the sample are not lost
  if (shapes.every((shape) => shape.format === 'jsonl')) return { kind: 'column', column: CUSTOM };
  return { kind: 'columns', globs: [`${CUSTOM}.*`] };
}

function fieldOf(path: string, source: FieldSource): Field {
  const target = readTarget(path);
  if (typeof target === 'string') throw new TypeError(target);
  return plainField(path, target, source);
}
