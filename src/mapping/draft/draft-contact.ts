import type { KeyField } from '../../core/types.ts';
import type { Roles } from './assign-roles.ts';
import type { Draft, DraftField } from './draft.ts';
import { phoneField } from './phone-field.ts';
import type { ColumnSample } from './sample.ts';

/** How rows say whose they are, or undefined where nothing in them does. */
export function draftContact(
  roles: Roles,
  sample: ColumnSample,
  product: string | undefined,
): Draft['contact'] | undefined {
  const id = roles.get('livedeskId');
  if (id !== undefined) {
    return {
      kind: 'id',
      column: id,
      why: 'the LiveDesk contact id, by its name; if it is an id of the CRM, use match instead',
    };
  }
  const keys: (DraftField & { readonly path: KeyField })[] = [];
  const crmId = roles.get('crmId');
  if (crmId !== undefined) {
    const whose = product === undefined ? 'of the CRM' : `of ${product}`;
    const isShort = product === 'Salesforce' && isShortId(sample.get(crmId) ?? []);
    const why = isShort
      ? 'the id of Salesforce, searched as the identifier; reports have 15 characters of it, Data Loader 18: keep to one'
      : `the id ${whose}, searched as the identifier; it is no LiveDesk contact id`;
    keys.push({ path: 'identifier', field: { column: crmId }, why, isOffered: false });
  }
  const email = roles.get('email');
  if (email !== undefined) {
    keys.push({ path: 'email', field: { column: email }, why: 'unique in LiveDesk', isOffered: false });
  }
  const phone = roles.get('phone');
  if (phone !== undefined) {
    const isNeeded = email === undefined;
    const key = phoneField(phone, sample.get(phone) ?? []);
    keys.push(isNeeded ? key : { ...key, isOffered: true, why: 'less sure than e-mail: phones are shared' });
  }
  return keys.length === 0 ? undefined : { kind: 'match', keys };
}

// --- internal ---

/** A report of Salesforce shows ids without the three characters that make them safe in any case. */
function isShortId(cells: readonly unknown[]): boolean {
  return (
    cells.length > 0 && cells.every((cell) => typeof cell === 'string' && /^[A-Za-z0-9]{15}$/.test(cell))
  );
}
