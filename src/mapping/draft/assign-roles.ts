import { ContactIdReader } from '../coerce/contact-id.ts';
import { coerceEmail } from '../coerce/email.ts';
import { CellFault } from '../coerce/fault.ts';
import { headerNames, placeName } from './header-name.ts';
import type { ColumnSample } from './sample.ts';
import { type Role, VOCABULARY } from './vocabulary.ts';

/** The column that was found for each role. */
export type Roles = ReadonlyMap<Role, string>;

/** A name that LiveDesk's own lists use; any other spelling of it is mostly a CRM's. */
const CONTACT_ID = 'contact_id';

/** Finds the columns to map by their names; where several fit, one that the sample fills, then the better name. */
export function assignRoles(sample: ColumnSample): Roles {
  const roles = new Map<Role, string>();
  const free = new Map([...sample.keys()].map((column) => [column, headerNames(column)]));
  const take = (role: Role, column: string | undefined): void => {
    if (column === undefined) return;
    roles.set(role, column);
    free.delete(column);
  };
  take('livedeskId', livedeskId(sample));
  for (const role of Object.keys(VOCABULARY) as Role[]) {
    if (role === 'livedeskId') continue;
    const fits = (column: string) => fitness(role, sample.get(column) ?? []);
    take(role, bestColumn(role, free, fits));
  }
  return withFamilyName(roles);
}

// --- internal ---

/** The contact id goes by the exact name alone, and only if it can be one. */
function livedeskId(sample: ColumnSample): string | undefined {
  const ids = new ContactIdReader();
  const canBe = (column: string) => {
    const cells = sample.get(column) ?? [];
    return cells.length === 0 || share(cells, (cell) => !(ids.read(cell) instanceof CellFault)) >= 0.5;
  };
  const named = [...sample.keys()].filter(
    (column) =>
      column === CONTACT_ID || headerNames(column).some((name) => VOCABULARY.livedeskId.includes(name)),
  );
  return named.find(canBe);
}

function bestColumn(
  role: Role,
  columns: ReadonlyMap<string, readonly string[]>,
  fits: (column: string) => number,
): string | undefined {
  let best: string | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const [column, names] of columns) {
    const rank = rankOf(role, column, names) + fits(column);
    if (rank >= bestRank) continue;
    best = column;
    bestRank = rank;
  }
  return best;
}

/** Roles of which an export has one for each of several addresses. */
const PLACE_ROLES: ReadonlySet<Role> = new Set(['company', 'city', 'country', 'countryCode']);

/** Where the names of a column stand in the vocabulary of a role; infinity where they do not. */
function rankOf(role: Role, column: string, names: readonly string[]): number {
  const words = VOCABULARY[role];
  const ranks = names.map((name) => words.indexOf(name)).filter((rank) => rank !== -1);
  if (ranks.length > 0) return Math.min(...ranks);
  const rank = PLACE_ROLES.has(role) ? words.indexOf(placeName(column)) : -1;
  return rank === -1 ? Number.POSITIVE_INFINITY : words.length + rank;
}

/** 0 for a column to take, more for one to take if there is no other, infinity for one that cannot be it. */
function fitness(role: Role, cells: readonly unknown[]): number {
  if (cells.length === 0) return EMPTY;
  if (cells.some((cell) => typeof cell === 'object')) return Number.POSITIVE_INFINITY;
  if (role === 'email') return share(cells, isEmail) >= 0.5 ? 0 : Number.POSITIVE_INFINITY;
  // a column whose values repeat tells no contacts apart
  if (role === 'crmId') return new Set(cells).size >= 0.9 * cells.length ? 0 : Number.POSITIVE_INFINITY;
  if (role === 'phone') return share(cells, hasDigits) >= 0.5 ? 0 : Number.POSITIVE_INFINITY;
  return 0;
}

/** Behind every name of the vocabulary. */
const EMPTY = 10_000;

const share = (cells: readonly unknown[], test: (cell: unknown) => boolean) =>
  cells.filter(test).length / cells.length;
const isEmail = (cell: unknown) => typeof cell === 'string' && !(coerceEmail.text(cell) instanceof CellFault);
const hasDigits = (cell: unknown) => String(cell).replace(/\D/g, '').length >= 5;

/** "Name" beside "Vorname" is the family name, as "Nom" is beside "Prénom". */
function withFamilyName(roles: Map<Role, string>): Roles {
  const name = roles.get('name');
  const first = roles.get('firstName');
  if (name === undefined || first === undefined || roles.has('lastName')) return roles;
  const isForeign = !headerNames(first).some((one) => /^(?:firstname|givenname|forename|fname)$/.test(one));
  if (!isForeign || !headerNames(name).includes('name')) return roles;
  roles.delete('name');
  roles.set('lastName', name);
  return roles;
}
