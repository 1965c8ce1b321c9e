import { createHash } from 'node:crypto';
import { RunError } from '../../core/errors.ts';
import type { Mapped, Row, RowError, Shape } from '../../core/types.ts';
import { ContactIdReader } from '../coerce/contact-id.ts';
import { CellFault } from '../coerce/fault.ts';
import { BodyBuilder } from '../compile/body.ts';
import type { CompiledMapping } from '../compile/compile.ts';
import { FieldPathList } from '../compile/field-path-list.ts';
import { createFieldSteps } from '../compile/field-steps.ts';
import { noDataOf } from '../compile/no-data.ts';
import { OPAQUE_ROWS } from '../compile/opaque-rows.ts';
import { plainRow } from '../compile/plain-row.ts';
import type { Mapping } from '../document.ts';
import type { MappedRow, MapRow } from './map-row.ts';

/** What stands for the mapping of a function where a mapping is asked for. It is named by its source text. */
export function mappingOfFunction(map: MapRow): Mapping {
  return {
    version: 1,
    contact: { kind: 'id', column: 'contactId' },
    only: [],
    fields: [],
    expect: [],
    onInvalidField: 'reject_row',
    places: new Map(),
    ownFunction: createHash('sha256').update(map.toString()).digest('hex').slice(0, 16),
  };
}

/** Binds a function to an input; what it gives is checked as a mapping's values are. */
export async function compileFunction(map: MapRow, shape: Shape): Promise<CompiledMapping> {
  for (const why of shape.ambiguous?.values() ?? []) throw new RunError('ERR_HEADER', why);
  const ids = new ContactIdReader();
  const steps = await createFieldSteps();
  const noFields = FieldPathList.empty();
  const apply = (row: Row): Mapped => {
    const reason = noDataOf(row.record, shape);
    if (reason !== undefined) return { kind: 'skipped', reason };
    try {
      return read(callFor(map, row, shape));
    } catch (error) {
      // getters and proxies are read when they are asked for
      return invalid(fault(`gave something that threw ${placeOf(error)} when it was read`));
    }
  };
  const read = (made: MappedRow | RowError): Mapped => {
    if ('code' in made) return { kind: 'invalid', error: made };
    if ('skip' in made) return { kind: 'skipped', reason: 'only' };
    if ('invalid' in made) return invalid({ code: 'ERR_REFUSED', message: String(made.invalid) });
    const contactId = ids.read(made.contactId);
    if (contactId instanceof CellFault) {
      return invalid({ code: contactId.code, message: `contactId ${contactId.reason}`, field: 'contact_id' });
    }
    const builder = new BodyBuilder(noFields);
    let complete = false;
    for (const path of Object.keys(made.fields)) {
      const step = steps(path, made.fields);
      const value = step instanceof CellFault ? step : step.take(made.fields);
      if (value instanceof CellFault) {
        const message = `${JSON.stringify(path)} ${value.reason}`;
        return { kind: 'invalid', contactId, error: { code: value.code, message, field: path } };
      }
      if (value === undefined || step instanceof CellFault) continue;
      builder.set(step.target, path, value);
      // the account may replace the object whole (livedesk-api.md 5.3)
      if (step.target.kind === 'additional' || step.target.kind === 'social') complete = true;
    }
    const { body, fields } = builder;
    if (fields.length === 0) return { kind: 'skipped', contactId, reason: 'empty' };
    return { kind: 'patch', patch: { contactId, body, fields, complete } };
  };
  return {
    ...OPAQUE_ROWS,
    apply,
    noDataOf: ({ record }) => noDataOf(record, shape),
    contactOf(row) {
      if (noDataOf(row.record, shape) !== undefined) return undefined;
      try {
        const made = callFor(map, row, shape);
        const id = 'contactId' in made ? ids.read(made.contactId) : undefined;
        return typeof id === 'number' ? String(id) : undefined;
      } catch {
        return undefined; // its row is invalid
      }
    },
  };
}

// --- internal ---

const SHAPES = 'It gives { contactId, fields }, { skip: true } or { invalid: "why" }';

/** What the function made of a row; a row error where it failed. */
function callFor(map: MapRow, row: Row, shape: Shape): MappedRow | RowError {
  const { input, line } = row;
  let made: unknown;
  try {
    made = map(plainRow(row, shape), { input, row: row.row, line });
  } catch (error) {
    return fault(`threw ${placeOf(error)} for this row`);
  }
  if (made instanceof Promise) {
    made.catch(() => {}); // the row says what is wrong
    return fault(`gave a promise, and is not waited for. ${SHAPES}`);
  }
  if (typeof made !== 'object' || made === null)
    return fault(`gave ${made === null ? 'null' : typeof made}. ${SHAPES}`);
  const isKnown =
    ('skip' in made && made.skip === true) ||
    ('invalid' in made && typeof made.invalid === 'string') ||
    ('contactId' in made && 'fields' in made && typeof made.fields === 'object' && made.fields !== null);
  return isKnown ? (made as MappedRow) : fault(`gave something else. ${SHAPES}`);
}

function fault(what: string): RowError {
  return { code: 'ERR_MAPPING_FUNCTION', message: `The mapping function ${what}` };
}

/** The kind of an error and where it was thrown. Not its message: that of JSON.parse quotes what it was given. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a value that is no Error';
  const place = /([^/\\\s(]+:\d+:\d+)\)?$/m.exec(error.stack?.replace(error.message, '') ?? '')?.[1];
  return place === undefined ? error.name : `${error.name} at ${place}`;
}

function invalid(error: RowError): Mapped {
  return { kind: 'invalid', error };
}
