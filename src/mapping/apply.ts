import type { JsonValue, Mapped, Row, RowError } from '../types.ts';
import { BodyBuilder } from './body.ts';
import type { ReadCell } from './cell.ts';
import type { ContactIdReader } from './coerce/contact-id.ts';
import { Fault } from './coerce/fault.ts';
import type { Step } from './step.ts';

/** What a row is mapped with: everything looked up once, nothing per row. */
export interface Machine {
  readonly contactIdColumn: string;
  readonly readContactId: ReadCell;
  readonly ids: ContactIdReader;
  /** Whether `only` lets the row pass; absent: every row passes. */
  readonly passes?: (record: Row['record']) => boolean;
  readonly steps: readonly Step[];
  /** Paths whose presence means that `additional_attributes` must be completed before it is sent. */
  readonly partialPaths: ReadonlySet<string>;
  readonly expectations: readonly Step[];
  readonly dropsInvalidFields: boolean;
}

/** Maps one row: first `only`, then the id, then the fields, then what the answer must show. */
export function applyMapping(machine: Machine, { record }: Row): Mapped {
  const id = machine.ids.read(machine.readContactId(record));
  if (machine.passes !== undefined && !machine.passes(record)) {
    return { kind: 'skipped', reason: 'only', ...(typeof id === 'number' && { contactId: id }) };
  }
  if (typeof id !== 'number') return { kind: 'invalid', error: idError(id, machine.contactIdColumn) };

  const builder = new BodyBuilder();
  const dropped: RowError[] = [];
  let hasNews = false;
  let complete = false;
  for (const step of machine.steps) {
    const value = step.take(record);
    if (value === undefined) continue;
    if (value instanceof Fault) {
      const error = rowError(value, step);
      if (!machine.dropsInvalidFields) return { kind: 'invalid', contactId: id, error };
      dropped.push(error);
      continue;
    }
    builder.set(step.target, step.path, value);
    if (!step.isConstant) hasNews = true;
    if (machine.partialPaths.has(step.path)) complete = true;
  }
  if (!hasNews) {
    const error = dropped[0];
    if (error !== undefined) return { kind: 'invalid', contactId: id, error };
    return { kind: 'skipped', contactId: id, reason: 'empty' };
  }

  const { body, fields } = builder;
  if (machine.expectations.length === 0 && dropped.length === 0) {
    return { kind: 'patch', patch: { contactId: id, body, fields, complete } };
  }
  const expect: { [path: string]: JsonValue } = {};
  for (const expectation of machine.expectations) {
    const value = expectation.take(record);
    if (value instanceof Fault)
      return { kind: 'invalid', contactId: id, error: rowError(value, expectation) };
    if (value !== undefined) expect[expectation.path] = value;
  }
  return {
    kind: 'patch',
    patch: { contactId: id, body, fields, complete, ...(Object.keys(expect).length > 0 && { expect }) },
    ...(dropped.length > 0 && { dropped }),
  };
}

// --- internal ---

function idError({ code, reason }: Fault, column: string): RowError {
  return { code, message: `Column ${JSON.stringify(column)} ${reason}`, field: 'contact_id', column };
}

function rowError({ code, reason }: Fault, { path, column }: Step): RowError {
  if (column === undefined) return { code, message: `The template of ${path} ${reason}`, field: path };
  return { code, message: `Column ${JSON.stringify(column)} ${reason}`, field: path, column };
}
