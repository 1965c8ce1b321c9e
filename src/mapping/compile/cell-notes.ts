import { quotedName } from '../../core/invisible.ts';
import type { Mapped, Row, Shape } from '../../core/types.ts';
import type { Field, Mapping } from '../document.ts';
import { cellText, type ReadCell } from './cell.ts';
import { columnsOf } from './column-uses.ts';
import { isMojibake, isNoValue, isOrdinary, isRounded } from './no-value.ts';
import { emptyCheck } from './step.ts';

/** Counts what the cells of the rows have in common that the user should know, for the summary. */
export interface CellNotes {
  /** Looks at a row that was mapped. */
  notice(row: Row, mapped: Mapped): void;
  /** What was found in columns more than a few times, with what to do about it. */
  notes(): readonly string[];
}

/** Looks at the columns that the fields and keys of a mapping read; what the mapping deals with is no news. */
export function createCellNotes(
  mapping: Mapping,
  fields: readonly Field[],
  shape: Shape,
  readerOf: (column: string) => ReadCell,
): CellNotes {
  const keys = mapping.contact.kind === 'match' ? mapping.contact.keys : [];
  const watched = new Map<string, WatchedColumn>();
  for (const [at, field] of [...keys, ...fields].entries()) {
    if (field.values !== undefined || field.target.kind === 'whole') continue;
    for (const column of columnsOf(field.source)) {
      if (!watched.has(column))
        watched.set(column, new WatchedColumn(column, field, readerOf(column), mapping, at < keys.length));
    }
  }
  const columns = [...watched.values()];
  return {
    notice({ record }, mapped) {
      if (mapped.kind === 'skipped' && mapped.reason === 'only') return;
      for (const column of columns) column.look(record, mapped);
    },
    notes: () => columns.flatMap((column) => column.notes(shape.name)),
  };
}

// --- internal ---

/** More spellings of no value than this are counted and not named. */
const MOST_SPELLINGS = 20;

class WatchedColumn {
  readonly #name: string;
  readonly #read: ReadCell;
  readonly #isKnown: (text: string) => boolean;
  readonly #country: string | undefined;
  readonly #isKey: boolean;
  #cells = 0;
  #national = 0;
  #mojibake = 0;
  #rounded = 0;
  readonly #markers = new Map<string, number>();

  constructor(name: string, field: Field, read: ReadCell, { clearMarker }: Mapping, isKey: boolean) {
    this.#name = name;
    this.#read = read;
    this.#isKey = isKey;
    const isEmpty = emptyCheck(field);
    this.#isKnown = (text) => isEmpty(text) || text === clearMarker;
    this.#country = field.type === 'phone' && field.source.kind === 'column' ? field.country : undefined;
  }

  look(record: Row['record'], mapped: Mapped): void {
    const cell = this.#read(record);
    if (this.#country === undefined && typeof cell === 'string' && isOrdinary(cell)) {
      this.#cells += 1;
      return;
    }
    const text = cellText(cell);
    if (text === undefined || this.#isKnown(text)) return;
    this.#cells += 1;
    if (this.#country !== undefined && !HAS_PREFIX.test(text) && isRead(mapped, this.#name))
      this.#national += 1;
    if (isNoValue(text)) this.#markers.set(text, (this.#markers.get(text) ?? 0) + 1);
    else if (isMojibake(text)) this.#mojibake += 1;
    else if (isRounded(text)) this.#rounded += 1;
  }

  notes(input: string): readonly string[] {
    const column = `${input}: column ${quotedName(this.#name)}`;
    const notes: string[] = [];
    if (this.#national > 0) {
      const numbers = this.#national === 1 ? '1 number' : `${this.#national} numbers`;
      notes.push(
        `${column}: ${numbers} without "+" ${this.#national === 1 ? 'was' : 'were'} read by the country ${this.#country}.`,
      );
    }
    const marked = [...this.#markers.values()].reduce((sum, count) => sum + count, 0);
    if (this.#isMany(marked)) {
      const shown = [...this.#markers].slice(0, MOST_SPELLINGS);
      const found = shown.map(([text, count]) => `${count} × ${text}`).join(', ');
      const line = shown.map(([text]) => `'${text.replaceAll("'", "''")}'`).join(', ');
      notes.push(
        `${column}: ${marked} cells look like no value (${found}) and ${this.#isKey ? 'are no keys' : 'count as texts'}. If they are empty, put into the mapping, at the ${this.#isKey ? 'key' : 'field'} or under "defaults": empty_values: [${line}]`,
      );
    }
    if (this.#isMany(this.#mojibake)) {
      notes.push(
        `${column}: ${this.#mojibake} cells look like UTF-8 that was read as another encoding, as in "JÃ¶rg". Export it again, as UTF-8.`,
      );
    }
    if (this.#isMany(this.#rounded)) {
      notes.push(
        `${column}: ${this.#rounded} cells are in scientific notation, so digits may be lost. Format the column as a text and export it again.`,
      );
    }
    return notes;
  }

  /** More than a few, or a tenth of the column: one customer may well be called Null. */
  #isMany(count: number): boolean {
    return count > 3 || (count > 1 && count * 10 >= this.#cells);
  }
}

/** A plus, as wide as it may be, or an international prefix. */
const HAS_PREFIX = /^[\s('[\u200b-\u200f\u202a-\u202e\u2066-\u2069]*(?:tel:)?(?:[+\uff0b]|00)/i;

/** Whether the row's number was taken from the column. */
function isRead(mapped: Mapped, column: string): boolean {
  if (mapped.kind !== 'patch' && mapped.kind !== 'unmatched') return false;
  return !mapped.dropped?.some((error) => error.column === column);
}
