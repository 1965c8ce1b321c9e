import { commandText } from '../../core/command-text.ts';
import type { Shape } from '../../core/types.ts';
import { columnList } from '../compile/column-list.ts';
import { mappingError } from '../mapping-error.ts';
import { readTarget, SOCIAL_NETWORKS } from '../targets.ts';
import { assignRoles, type Roles } from './assign-roles.ts';
import type { Draft, DraftField } from './draft.ts';
import { draftContact } from './draft-contact.ts';
import { draftRest } from './draft-rest.ts';
import { headerNames } from './header-name.ts';
import { phoneField } from './phone-field.ts';
import { recogniseProduct } from './products.ts';
import type { ColumnSample } from './sample.ts';
import type { Role } from './vocabulary.ts';

/**
 * Proposes a mapping for an input by the names of its columns and a sample of its cells. Never `blocked`, and no id but
 * LiveDesk's own for the contact id. Throws `ERR_MAPPING` where no column says whose a row is.
 */
export function draftMapping(sample: ColumnSample, shape: Shape): Draft {
  const product = recogniseProduct(new Set([...sample.keys()].flatMap(headerNames)));
  const roles = assignRoles(sample);
  const contact = draftContact(roles, sample, product);
  if (contact === undefined) {
    throw mappingError(
      undefined,
      `no column of ${shape.name} says whose contact a row is: a contact_id, an e-mail address, a phone number or the id of a CRM. Is the header the first line? Else write the mapping by hand: ${commandText('help', ['mapping'])}. ${columnList(shape)}`,
    );
  }
  const named = namedFields(roles, sample);
  const paths = new Set(named.map(({ path }) => path));
  const fields = [...named, ...exactFields(sample).filter(({ path }) => !paths.has(path))];
  const taken = new Set(fields.flatMap(({ field }) => columnsOf(field)));
  if (contact.kind === 'id') taken.add(contact.column);
  const rest = draftRest(
    [...sample].filter(([column]) => !taken.has(column)),
    roles,
    new Set(fields.map(({ path }) => path)),
  );
  return { ...(product === undefined ? {} : { product }), contact, ...withSomething(fields, rest, shape) };
}

// --- internal ---

function namedFields(roles: Roles, sample: ColumnSample): readonly DraftField[] {
  const fields: DraftField[] = [];
  const add = (path: string, role: Role, why: string): void => {
    const column = roles.get(role);
    if (column !== undefined) fields.push({ path, field: { column }, why, isOffered: false });
  };
  const name = nameField(roles, sample);
  if (name !== undefined) fields.push(name);
  add('email', 'email', 'e-mail, by its name');
  const phone = roles.get('phone');
  if (phone !== undefined) fields.push(phoneField(phone, sample.get(phone) ?? []));
  add('additional_attributes.company_name', 'company', 'company, by its name');
  add('additional_attributes.city', 'city', 'city, by its name');
  const country = roles.get('country');
  const isCode = country !== undefined && areCodes(sample.get(country) ?? []);
  if (isCode && !roles.has('countryCode')) {
    add('additional_attributes.country_code', 'country', 'country; the sample has two-letter codes');
  } else add('additional_attributes.country', 'country', 'country, by its name');
  add('additional_attributes.country_code', 'countryCode', 'code of the country, by its name');
  add('additional_attributes.telegram', 'telegram', 'by its name');
  for (const network of SOCIAL_NETWORKS) {
    add(`additional_attributes.social_profiles.${network}`, network, 'by its name');
  }
  return fields;
}

function nameField(roles: Roles, sample: ColumnSample): DraftField | undefined {
  const [full, first, last] = [roles.get('name'), roles.get('firstName'), roles.get('lastName')];
  const isFilled = (column: string | undefined) =>
    column !== undefined && (sample.get(column) ?? []).length > 0;
  const prefersParts = !isFilled(full) && (isFilled(first) || isFilled(last));
  if (full !== undefined && !prefersParts) {
    return { path: 'name', field: { column: full }, why: 'full name, by its name', isOffered: false };
  }
  if (first === undefined || last === undefined || [first, last].some(isNoPart)) {
    const column = full ?? first ?? last;
    if (column === undefined) return undefined;
    return { path: 'name', field: { column }, why: 'the only name there is', isOffered: false };
  }
  // in Chinese the family name goes first, and nothing stands between the two
  const isChinese = /\p{Script=Han}/u.test(first + last);
  const template = isChinese ? `${braced(last)}${braced(first)}` : `${braced(first)} ${braced(last)}`;
  return {
    path: 'name',
    field: { template },
    why: 'first and last name; not sent where one is empty, unless partial: send',
    isOffered: false,
  };
}

/** Columns named like a field are that field: `custom_attributes.plan`, `additional_attributes.city`. */
function exactFields(sample: ColumnSample): readonly DraftField[] {
  return [...sample.keys()].flatMap((column) => {
    const target = readTarget(column);
    if (typeof target === 'string' || target.kind === 'column' || target.kind === 'whole') return [];
    // a whole object would be set beside its keys
    if (target.key === '*' || target.key === 'social_profiles') return [];
    return [{ path: column, field: { column }, why: 'named like the field', isOffered: false }];
  });
}

/** A mapping sets something: where nothing was recognised, every other column is taken. */
function withSomething(
  fields: readonly DraftField[],
  rest: readonly DraftField[],
  shape: Shape,
): Pick<Draft, 'fields' | 'rest'> {
  if (fields.length > 0) return { fields, rest };
  const own = rest.filter(({ path }) => path.startsWith('custom_attributes.'));
  if (own.length === 0) {
    throw mappingError(
      undefined,
      `${shape.name} says whose contact a row is, and nothing else that could be sent. ${columnList(shape)}`,
    );
  }
  return {
    fields: own.map((field) => ({ ...field, isOffered: false })),
    rest: rest.filter((field) => !own.includes(field)),
  };
}

/** Braces, or space around it, cannot be part of a name in a template. */
const isNoPart = (column: string) => /[{}]/.test(column) || column.trim() !== column;
const braced = (column: string) => `{${column}}`;

function columnsOf(field: DraftField['field']): readonly string[] {
  if ('column' in field) return [String(field.column)];
  return [...String(field.template).matchAll(/\{([^}]*)\}/g)].map(([, column = '']) => column);
}

function areCodes(cells: readonly unknown[]): boolean {
  return cells.length > 0 && cells.every((cell) => typeof cell === 'string' && /^[A-Z]{2}$/.test(cell));
}
