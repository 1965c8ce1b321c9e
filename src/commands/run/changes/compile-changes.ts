import type {
  JsonObject,
  JsonValue,
  Mapped,
  PatchBody,
  Row,
  RowError,
  SkipReason,
} from '../../../core/types.ts';
import type { UndoneField } from '../../../journal/change-line.ts';
import { ContactIdReader } from '../../../mapping/coerce/contact-id.ts';
import { CellFault } from '../../../mapping/coerce/fault.ts';
import { isPlainObject, refusedConstant } from '../../../mapping/coerce/sendable.ts';
import { BodyBuilder } from '../../../mapping/compile/body.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import { FieldPathList } from '../../../mapping/compile/field-path-list.ts';
import { OPAQUE_ROWS } from '../../../mapping/compile/opaque-rows.ts';
import type { Mapping } from '../../../mapping/document.ts';
import { CHANGED_CONTACT } from '../../../mapping/parse/changes.ts';
import { clearingValue, readTarget, type Target } from '../../../mapping/targets.ts';

/** Binds the kind of mapping whose rows are change lines: they say themselves what to set, and what it takes the place of. */
export function compileChanges({ additionalAttributes, changes }: Mapping): CompiledMapping {
  const ids = new ContactIdReader();
  const noFields = FieldPathList.empty();
  const mayBePart = additionalAttributes !== 'merges';
  const apply = (row: Row): Mapped => {
    const contactId = ids.read(cellOf(row, CHANGED_CONTACT));
    if (contactId instanceof CellFault) {
      return invalid({ code: contactId.code, message: `${CHANGED_CONTACT} ${contactId.reason}` });
    }
    const fields = cellOf(row, 'fields');
    if (!isPlainObject(fields) || Object.keys(fields).length === 0) return invalid(NO_FIELDS, contactId);
    const builder = new BodyBuilder(noFields);
    const from: { [path: string]: JsonValue } = Object.create(null);
    const or: { [path: string]: readonly JsonValue[] } = Object.create(null);
    let keep: SkipReason | undefined;
    let complete = false;
    for (const [path, change] of Object.entries(fields)) {
      const target = readTarget(path);
      if (typeof target === 'string') return invalid(faultOf(path, 'ERR_FIELD', target), contactId);
      if (!isChange(change)) return invalid(faultOf(path, 'ERR_VALUE', 'has no "from" and "to".'), contactId);
      if (change.keep !== undefined) {
        keep ??= change.keep;
        continue;
      }
      const settable = settableValue(target, change.to);
      if ('fault' in settable) return invalid(faultOf(path, 'ERR_VALUE', settable.fault), contactId);
      const { value } = settable;
      if (change.or) or[path] = change.or;
      builder.set(target, path, value);
      from[path] = change.from;
      if (target.kind === 'social' || (target.kind === 'additional' && mayBePart)) complete = true;
    }
    const { body, fields: paths } = builder;
    if (paths.length === 0 && keep !== undefined) return { kind: 'skipped', contactId, reason: keep };
    const undo = changes?.kind === 'undo' ? { undo: { or, memory: memoryOf(row) } } : {};
    const patch = { contactId, body: body as PatchBody, fields: paths, complete, from, ...undo };
    return { kind: 'patch', patch };
  };
  return {
    ...OPAQUE_ROWS,
    apply,
    noDataOf: () => undefined,
    contactOf(row) {
      const id = ids.read(cellOf(row, CHANGED_CONTACT));
      return typeof id === 'number' ? String(id) : undefined;
    },
  };
}

/** What is sent to set a field to a value, or why that is not possible. */
export function settableValue(
  target: Target,
  to: JsonValue,
): { readonly value: JsonValue } | { readonly fault: string } {
  const value = isNothing(to) ? clearingValue(target) : to;
  if (value === undefined) return { fault: 'cannot be cleared.' };
  const fault = refusedValue(target, value);
  return fault === undefined ? { value } : { fault };
}

// --- internal ---

const NO_FIELDS: RowError = { code: 'ERR_VALUE', message: 'the change line names no fields' };

function cellOf({ record }: Row, key: string): unknown {
  return Array.isArray(record) ? undefined : (record as { readonly [key: string]: unknown })[key];
}

function memoryOf(row: Row): JsonObject | undefined {
  const state = cellOf(row, 'state');
  return isPlainObject(state) ? (state as JsonObject) : undefined;
}

function isChange(value: unknown): value is UndoneField {
  return isPlainObject(value) && value['from'] !== undefined && value['to'] !== undefined;
}

/** What stands for nothing, which each field has a way of its own to hold. */
function isNothing(value: JsonValue): boolean {
  return value === null || value === '' || (isPlainObject(value) && Object.keys(value).length === 0);
}

function refusedValue(target: Target, value: JsonValue): string | undefined {
  // a clearing value is one that the API takes
  return isNothing(value) ? undefined : refusedConstant(target, value);
}

function faultOf(path: string, code: string, why: string): RowError {
  return { code, message: `${path}: ${why}`, field: path };
}

function invalid(error: RowError, contactId?: number): Mapped {
  return { kind: 'invalid', ...(contactId === undefined ? {} : { contactId }), error };
}
