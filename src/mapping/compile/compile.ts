import type { ConflictPolicy, KeyField, Mapped, NoData, Row, Shape } from '../../core/types.ts';
import { ContactIdReader } from '../coerce/contact-id.ts';
import type { Expectation, Field, Mapping, Only } from '../document.ts';
import type { MissingPolicy } from '../policies.ts';
import { applyMapping, type Machine } from './apply.ts';
import { bindColumns } from './bind-columns.ts';
import { cellReader, cellText, type ReadCell } from './cell.ts';
import { createCellNotes } from './cell-notes.ts';
import { checkColumns } from './check-columns.ts';
import { conflictPolicies } from './conflict-policy.ts';
import { byContactId, byKeys, nameOf, type ReadContactReference } from './contact-reference.ts';
import { expandGlobs } from './expand-globs.ts';
import { FieldPathList } from './field-path-list.ts';
import { placeholderCheck } from './key-placeholder.ts';
import { makeKeyStep, makeStep } from './make-step.ts';
import { noDataOf } from './no-data.ts';
import { plainField } from './plain-field.ts';
import { createRowFingerprint, type RowFingerprint } from './row-fingerprint.ts';
import type { Step } from './step.ts';
import { noticedNotes, warningsOf } from './warnings.ts';

/** A mapping bound to the columns of one input. */
export interface CompiledMapping {
  /** Maps a row of the input; never throws for what is in a row. */
  apply(row: Row): Mapped;
  /**
   * What names the row's contact, whatever else is in the row: its id in digits, or the first of its keys (e-mails in
   * lower case, phones in E.164). Undefined where the row does not say.
   */
  contactOf(row: Row): string | undefined;
  /**
   * The cells that name the row's contact, as they stand there, good or not, in one text. Undefined where all are empty, or
   * only the program knows them.
   */
  keyCells(row: Row): string | undefined;
  /** Why a row is no data; undefined for one that is. */
  noDataOf(row: Row): NoData | undefined;
  /** What can be told of a row for less than it takes to map it. */
  readonly glance: RowFingerprint;
  /** Fields that contacts are searched by, in the order of the mapping; empty where rows have the contact id. */
  readonly matchedBy: readonly KeyField[];
  /** What becomes of a row whose contact is not found. */
  readonly onMissing: MissingPolicy;
  /** The inbox of contacts that are made; there if `onMissing` is `create`. */
  readonly inboxId?: number;
  /** Who wins at a path of a patch when the row and the account both changed it. */
  conflictPolicy(path: string): ConflictPolicy;
  /** What the user should know before the run begins, each said once. */
  readonly warnings: readonly string[];
  /** Columns of the input that nothing reads. */
  readonly unusedColumns: readonly string[];
  /** Looks at a row and what it was mapped to, once for each row, for {@link noticed}. */
  notice(row: Row, mapped: Mapped): void;
  /** What the rows so far have shown and the user should know, for the summary. */
  noticed(): readonly string[];
}

/**
 * Binds a mapping to an input: columns become indexes, globs become fields, types become functions.
 * Throws `ERR_MAPPING` for a column that is not there. Waits because the rules of phone numbers and time zones
 * are loaded only for mappings that use them.
 */
export async function compileMapping(written: Mapping, shape: Shape): Promise<CompiledMapping> {
  const mapping = bindColumns(written, shape);
  const fields = expandGlobs(mapping, shape);
  const { missing, unused } = checkColumns(mapping, fields, shape);
  const watch = new ColumnWatch(missing);
  const ids = new ContactIdReader();
  const readerOf = (column: string) => watch.around(column, cellReader(column, shape));
  const passes = passesOnly(mapping.only, readerOf);
  const { contact } = mapping;
  // a reader of its own, since what is odd about ids is counted per row that is mapped
  const whose = await readsWhose(mapping, new ContactIdReader(), readerOf);
  const stepOf = (field: Field): Promise<Step> => makeStep(field, mapping, readerOf);
  const machine: Machine = {
    whose: await readsWhose(mapping, ids, readerOf),
    noData: (record) => noDataOf(record, shape),
    ...(passes && { passes }),
    steps: await Promise.all(fields.map(stepOf)),
    noFields: FieldPathList.empty(),
    partialPaths: new Set(fields.filter((field) => isPartial(field, mapping)).map((field) => field.path)),
    expectations: await Promise.all(mapping.expect.map((expectation) => stepOf(asField(expectation)))),
    dropsInvalidFields: mapping.onInvalidField === 'drop_field',
  };
  const keyReaders = keyColumns(contact).map((column) => cellReader(column, shape));
  const cells = createCellNotes(mapping, fields, shape, (column) => cellReader(column, shape));
  return {
    apply: (row) => applyMapping(machine, row),
    contactOf: ({ record }) => nameOf(whose(record)),
    keyCells({ record }) {
      const texts = keyReaders.map((read) => cellText(read(record)) ?? '');
      return texts.some((text) => text !== '') ? texts.join('\0') : undefined;
    },
    noDataOf({ record }) {
      const reason = noDataOf(record, shape);
      return reason !== undefined && 'error' in whose(record) ? reason : undefined;
    },
    glance: createRowFingerprint({
      mapping,
      fields,
      steps: machine.steps,
      noFields: machine.noFields,
      whose: machine.whose,
      readerOf,
    }),
    matchedBy: contact.kind === 'match' ? contact.keys.map(({ path }) => path) : [],
    onMissing: contact.kind === 'match' ? contact.onMissing : 'error',
    ...(contact.kind === 'match' && contact.inboxId !== undefined && { inboxId: contact.inboxId }),
    conflictPolicy: conflictPolicies(fields),
    warnings: warningsOf(mapping, fields, shape, { missing, unused }),
    unusedColumns: unused,
    notice: cells.notice,
    noticed: () => [...noticedNotes(shape, contact, ids.decimals, watch.unseen()), ...cells.notes()],
  };
}

// --- internal ---

/** Notes which of the columns that the sample did not show turn up later. */
class ColumnWatch {
  readonly #unseen: Set<string>;
  constructor(missing: readonly string[]) {
    this.#unseen = new Set(missing);
  }

  around(column: string, read: ReadCell): ReadCell {
    if (!this.#unseen.has(column)) return read;
    return (record) => {
      const cell = read(record);
      if (cell !== undefined) this.#unseen.delete(column);
      return cell;
    };
  }

  unseen(): readonly string[] {
    return [...this.#unseen];
  }
}

async function readsWhose(
  mapping: Mapping,
  ids: ContactIdReader,
  readerOf: (column: string) => ReadCell,
): Promise<ReadContactReference> {
  const { contact } = mapping;
  if (contact.kind === 'id') return byContactId(contact.column, readerOf(contact.column), ids);
  return byKeys(
    await Promise.all(
      contact.keys.map(async (key) => ({
        field: key.path,
        step: await makeKeyStep(key, mapping, readerOf),
        placeholderIn: placeholderCheck(key, mapping, readerOf),
      })),
    ),
  );
}

function passesOnly(only: readonly Only[], readerOf: (column: string) => ReadCell): Machine['passes'] {
  if (only.length === 0) return undefined;
  const conditions = only.map(({ column, values }) => ({ read: readerOf(column), values: new Set(values) }));
  return (record) =>
    conditions.every(({ read, values }) => {
      const text = cellText(read(record));
      return text !== undefined && values.has(text);
    });
}

/**
 * Whether a field sets a part of `additional_attributes`. An account that merges keeps the other keys, but
 * never those beside a nested one (livedesk-api.md 5.3).
 */
function isPartial({ target }: Field, { additionalAttributes }: Mapping): boolean {
  if (target.kind === 'social') return true;
  return target.kind === 'additional' && additionalAttributes !== 'merges';
}

function keyColumns(contact: Mapping['contact']): string[] {
  if (contact.kind === 'id') return [contact.column];
  return contact.keys.flatMap(({ source }) =>
    source.kind === 'column'
      ? [source.column]
      : source.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.column])),
  );
}

function asField({ path, target, column, empty, emptyValues }: Expectation): Field {
  return { ...plainField(path, target, { kind: 'column', column }), empty, null: empty, emptyValues };
}
