import { readTarget } from '../targets.ts';
import type { Roles } from './assign-roles.ts';
import type { DraftField } from './draft.ts';
import { attributeKey, headerNames } from './header-name.ts';
import { inferType } from './infer-type.ts';
import { OPT_OUT, SECRET } from './vocabulary.ts';

/** The columns that were not recognised, ready to be taken in as custom attributes. `paths` are set already. */
export function draftRest(
  columns: readonly (readonly [column: string, cells: readonly unknown[]])[],
  roles: Roles,
  paths: ReadonlySet<string>,
): readonly DraftField[] {
  const taken = new Set(paths);
  return columns.map(([column, cells], index) => {
    const special = specialField(column, roles, taken);
    const field = special ?? customField(column, cells, index, taken);
    taken.add(field.path);
    return field;
  });
}

// --- internal ---

function specialField(column: string, roles: Roles, taken: ReadonlySet<string>): DraftField | undefined {
  const field = { field: { column }, isOffered: true };
  if (column === roles.get('crmId') && !taken.has('identifier')) {
    return {
      ...field,
      path: 'identifier',
      why: 'stores the id of the CRM, so that later runs find the contact by it',
    };
  }
  const description = 'additional_attributes.description';
  if (column === roles.get('notes') && !taken.has(description)) {
    return { ...field, path: description, why: 'notes; agents see them beside the conversation' };
  }
  return undefined;
}

function customField(
  column: string,
  cells: readonly unknown[],
  index: number,
  taken: ReadonlySet<string>,
): DraftField {
  const { options, why } = inferType(column, cells);
  const names = headerNames(column);
  return {
    path: freePath(attributeKey(column) || `column_${index + 1}`, taken),
    field: { column, ...options },
    why: `${why}${warning(names)}`,
    isOffered: true,
  };
}

function warning(names: readonly string[]): string {
  if (names.some((name) => OPT_OUT.test(name))) {
    return '; not "blocked", which shuts a contact out: decide yourself';
  }
  return names.some((name) => SECRET.test(name)) ? '; by its name not for the eyes of agents' : '';
}

function freePath(key: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const path = `custom_attributes.${key}${number === 1 ? '' : `_${number}`}`;
    if (!taken.has(path) && typeof readTarget(path) !== 'string') return path;
  }
}
