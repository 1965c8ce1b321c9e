import type { JsonValue, Mapped, NoData, Row, RowError } from '../../core/types.ts';
import { CellFault } from '../coerce/fault.ts';
import { placeFault } from '../coerce/sendable.ts';
import { BodyBuilder } from './body.ts';
import type { ReadContactReference } from './contact-reference.ts';
import type { FieldPathList } from './field-path-list.ts';
import { rowError } from './row-error.ts';
import type { Step } from './step.ts';

/** What a row is mapped with: everything looked up once, nothing per row. */
export interface Machine {
  readonly whose: ReadContactReference;
  /** Why a row is no data, of rows that tell no contact. */
  readonly noData: (record: Row['record']) => NoData | undefined;
  /** Whether `only` lets the row pass; absent: every row passes. */
  readonly passes?: (record: Row['record']) => boolean;
  readonly steps: readonly Step[];
  /** What the lists of fields of all rows begin with. */
  readonly noFields: FieldPathList;
  /** Paths whose presence means that `additional_attributes` must be completed before it is sent. */
  readonly partialPaths: ReadonlySet<string>;
  readonly expectations: readonly Step[];
  readonly dropsInvalidFields: boolean;
}

/** Maps one row: first whether it is data, then `only`, then whose it is, then the fields, then what the answer must show. */
export function applyMapping(machine: Machine, { record }: Row): Mapped {
  const whose = machine.whose(record);
  const reason = 'error' in whose ? machine.noData(record) : undefined;
  if (reason !== undefined) return { kind: 'skipped', reason };
  const contact = 'contactId' in whose ? { contactId: whose.contactId } : undefined;
  if (machine.passes !== undefined && !machine.passes(record)) {
    return { kind: 'skipped', reason: 'only', ...contact };
  }
  if ('error' in whose) return { kind: 'invalid', error: whose.error };

  const builder = new BodyBuilder(machine.noFields);
  const dropped: RowError[] = [];
  let hasNews = false;
  let complete = false;
  for (const step of machine.steps) {
    const taken = step.take(record);
    if (taken === undefined) continue;
    const value = taken instanceof CellFault ? taken : (placeFault(step.target, taken) ?? taken);
    if (value instanceof CellFault) {
      const error = rowError(value, step);
      if (!machine.dropsInvalidFields) return { kind: 'invalid', ...contact, error };
      dropped.push(error);
      continue;
    }
    builder.set(step.target, step.path, value);
    if (!step.isConstant) hasNews = true;
    if (machine.partialPaths.has(step.path)) complete = true;
  }
  if (!hasNews) {
    const error = dropped[0];
    if (error !== undefined) return { kind: 'invalid', ...contact, error };
    return { kind: 'skipped', ...contact, reason: 'empty' };
  }

  let expect: { [path: string]: JsonValue } | undefined;
  for (const expectation of machine.expectations) {
    const value = expectation.take(record);
    if (value instanceof CellFault)
      return { kind: 'invalid', ...contact, error: rowError(value, expectation) };
    if (value === undefined) continue;
    expect ??= {};
    expect[expectation.path] = value;
  }
  const { body, fields } = builder;
  const patch = { body, fields, complete, ...(expect && { expect }) };
  const rest = dropped.length > 0 ? { dropped } : undefined;
  return 'keys' in whose
    ? { kind: 'unmatched', keys: whose.keys, patch, ...rest }
    : { kind: 'patch', patch: { contactId: whose.contactId, ...patch }, ...rest };
}
