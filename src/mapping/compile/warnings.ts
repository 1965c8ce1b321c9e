import { quotedName } from '../../core/invisible.ts';
import type { Shape } from '../../core/types.ts';
import type { ContactSource, Field, Mapping } from '../document.ts';
import { ignoredBy } from '../targets.ts';
import type { ColumnCheck } from './check-columns.ts';

const MOST_NAMES = 20;

/** What the user should know before the run begins; stable texts, so that several inputs say it once. */
export function warningsOf(
  mapping: Mapping,
  fields: readonly Field[],
  shape: Shape,
  { missing, unused }: ColumnCheck,
): readonly string[] {
  const warnings: string[] = [];
  const ignored = (how: 'known' | 'likely') =>
    fields.filter(({ target }) => ignoredBy(target) === how).map(({ path }) => path);
  const known = ignored('known');
  const likely = ignored('likely');
  if (known.length > 0) {
    warnings.push(
      `LiveDesk is known to ignore ${known.join(', ')}: sent, but nothing changes. Remove from the mapping.`,
    );
  }
  if (likely.length > 0) {
    const name = likely.some((path) => path === 'first_name' || path === 'last_name');
    const instead = name ? ' The name shown is "name": map it as "{first_name} {last_name}".' : '';
    warnings.push(
      `LiveDesk probably ignores ${likely.join(', ')}: sent, but it may change nothing.${instead}`,
    );
  }
  if (fields.length > 0 && fields.every(({ source }) => source.kind === 'value')) {
    warnings.push(
      'Every field is a fixed value, and those alone are not sent: all rows are skipped. Map a column, too.',
    );
  }
  const set = new Set(fields.map(({ path }) => path));
  for (const { path } of mapping.expect) {
    if (set.has(path))
      warnings.push(`"expect" on ${path} proves nothing, since the mapping sets ${path} itself.`);
  }
  for (const column of missing) {
    warnings.push(`${shape.name}: the column ${quotedName(column)} stands in none of the first 1,000 rows.`);
  }
  if (unused.length > 0) {
    warnings.push(`${shape.name}: not mapped, so not sent: ${list(unused)}.`);
  }
  return warnings;
}

/** What the rows have shown, for the summary. */
export function noticedNotes(
  shape: Shape,
  contact: ContactSource,
  decimals: number,
  unseen: readonly string[],
): readonly string[] {
  const notes: string[] = [];
  if (decimals > 0 && contact.kind === 'id') {
    notes.push(
      `${shape.name}: ids in column ${quotedName(contact.column)} are written like 318763.0 (${decimals} so far) and were read as whole numbers. Format the column as a whole number.`,
    );
  }
  for (const column of unseen) {
    notes.push(
      `${shape.name}: the column ${quotedName(column)} never appeared, so nothing was taken from it.`,
    );
  }
  return notes;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(quotedName).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
