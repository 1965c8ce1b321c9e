import { KEY_FIELDS, type KeyField } from '../core/types.ts';
import type { DatedFinding, Question } from './finding.ts';
import { type Findings, loadFindings } from './findings-file.ts';

/** What a run takes from a probe. What is absent is not known. */
export interface AccountBehavior {
  /** What the account does with `additional_attributes`. */
  readonly additional?: DatedFinding & { readonly value: 'merges' | 'replaces' };
  /** Whether answers to a PATCH show what was written. */
  readonly readback?: DatedFinding & { readonly value: 'read-back' | 'not a read-back' };
  /** Contacts to ask for on a page. */
  readonly page?: DatedFinding & { readonly size: number };
  /** In which order a list shows contacts that were made at the same moment. */
  readonly listOrder?: DatedFinding & { readonly value: 'sorted' | 'kept' | 'uncertain' };
  /** The keys by which the account finds exactly the contacts that have them. */
  readonly exactLookup?: DatedFinding & { readonly fields: readonly KeyField[] };
}

/** What the probes that left their findings in `files` found; of several answers the latest counts. */
export function accountBehaviorFrom(files: readonly string[], account: string): AccountBehavior {
  const all = files.flatMap((file) => loadFindings(file, account) ?? []);
  const additional = latest(all, 'additional_attributes');
  const readback = latest(all, 'patch_answer');
  const page = latest(all, 'page_size');
  const listOrder = latest(all, 'list_order');
  const exactLookup = latest(all, 'exact_lookup');
  const fields = keyFieldsIn(exactLookup?.value);
  const size = page && sizeIn(page.value);
  return {
    ...(additional?.value === 'merges' || additional?.value === 'replaces'
      ? { additional: { ...additional, value: additional.value } }
      : {}),
    ...(readback?.value === 'read-back' || readback?.value === 'not a read-back'
      ? { readback: { ...readback, value: readback.value } }
      : {}),
    ...(page && size !== undefined ? { page: { ...page, size } } : {}),
    ...(listOrder?.value === 'sorted' || listOrder?.value === 'kept' || listOrder?.value === 'uncertain'
      ? { listOrder: { ...listOrder, value: listOrder.value } }
      : {}),
    ...(exactLookup && fields.length > 0 ? { exactLookup: { ...exactLookup, fields } } : {}),
  };
}

/** LiveDesk's own page (livedesk-api.md 3.1). */
export const USUAL_PAGE = 15;

/** The page size worth asking for. */
export function largePage(most: number, isBound: boolean): number {
  return isBound ? Math.max(USUAL_PAGE, most) : Math.max(100, most);
}

// --- internal ---

function latest(all: readonly Findings[], question: Question): DatedFinding | undefined {
  const found = all.flatMap(({ findings }) =>
    findings.filter((one) => one.question === question && one.value !== null),
  );
  return found.sort((a, b) => (String(a.at) < String(b.at) ? 1 : -1))[0];
}

function keyFieldsIn(value: DatedFinding['value'] | undefined): KeyField[] {
  return Array.isArray(value) ? KEY_FIELDS.filter((field) => value.includes(field)) : [];
}

function sizeIn(value: DatedFinding['value']): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { honoured, most, is_bound: isBound } = value;
  if (honoured === false) return USUAL_PAGE;
  if (honoured !== true || typeof most !== 'number' || !Number.isSafeInteger(most)) return undefined;
  return largePage(most, isBound === true);
}
