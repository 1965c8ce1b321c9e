import { overlaps } from '../../../core/field-path.ts';
import { byAge, type Run } from '../../../journal/list-runs.ts';
import { touchedFields } from '../../../journal/touched-fields.ts';

/** What later runs sent, may have sent, or confirmed. */
export interface LaterWrites {
  /** Whether a later run did that to the field of a contact, the whole of an object counting for its parts. */
  has(contact: number, path: string): boolean;
}

/** No run is later. */
export const NO_LATER_WRITES: LaterWrites = { has: () => false };

/**
 * Reads the journals of the runs that are later than `undone`, for the contacts that it wrote. A run that was itself undone
 * in a field since does not count there, nor does the undo; an undo of `undone` itself does not count either.
 */
export async function laterWrites(
  undone: Run,
  runs: readonly Run[],
  isWanted: (contact: number) => boolean,
): Promise<LaterWrites> {
  const later = runs
    .filter(({ header }) => header.run_id !== undone.header.run_id && byAge(header, undone.header) > 0)
    .sort((a, b) => byAge(b.header, a.header));
  const ids = new Set(later.map(({ header }) => header.run_id));
  const contacts = new Map<number, Map<string, FieldFate>>();
  // the newest comes first: what it undid is known before the run is met that it undid
  for (const { dir, header } of later) {
    const { run_id: id, undoes } = header;
    if (undoes?.run_id === undone.header.run_id) continue;
    for await (const { contact, fields } of touchedFields(dir)) {
      if (!isWanted(contact)) continue;
      const fates = contacts.get(contact) ?? new Map<string, FieldFate>();
      contacts.set(contact, fates);
      for (const path of fields) {
        const fate = fates.get(path) ?? { isNewer: false, undone: new Set() };
        fates.set(path, fate);
        if (fate.undone.has(id)) continue;
        if (undoes && ids.has(undoes.run_id)) fate.undone.add(undoes.run_id);
        else fate.isNewer = true;
      }
    }
  }
  return {
    has(contact, path) {
      for (const [other, { isNewer }] of contacts.get(contact) ?? []) {
        if (isNewer && overlaps(path, other)) return true;
      }
      return false;
    },
  };
}

// --- internal ---

interface FieldFate {
  isNewer: boolean;
  /** Runs that were undone in the field. */
  readonly undone: Set<string>;
}
