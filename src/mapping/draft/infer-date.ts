import { readDateFormat, readIsoDate } from '../coerce/date-format.ts';

/** How the dates of a column can be read. */
export type Dates =
  /** In one way; without `format` as ISO 8601. */
  | { readonly kind: 'one'; readonly type: 'date' | 'timestamp'; readonly format?: string }
  /** In several ways, none of which the sample rules out. */
  | { readonly kind: 'several'; readonly formats: readonly string[] }
  /** They are dates by their look, but no format reads them. */
  | { readonly kind: 'unreadable' };

/** How all of `cells`, at least one, can be read as dates; undefined if they are something else. */
export function inferDates(cells: readonly string[]): Dates | undefined {
  if (cells.every((cell) => readIsoDate(cell) !== undefined)) {
    return { kind: 'one', type: cells.some((cell) => cell.length > 10) ? 'timestamp' : 'date' };
  }
  const formats = FORMATS.filter(({ read }) => cells.every((cell) => read(cell) !== undefined));
  const [first, second] = formats;
  if (first === undefined) return cells.every((cell) => LOOK.test(cell)) ? { kind: 'unreadable' } : undefined;
  // with dots the day is first wherever dates are written so
  if (second === undefined || first.format.startsWith('dd.')) {
    return { kind: 'one', type: first.type, format: first.format };
  }
  return { kind: 'several', formats: formats.map(({ format }) => format) };
}

// --- internal ---

/** Numbers parted as dates are, with a time or without. */
const LOOK =
  /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:,?[T ]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[AaPp]\.?[Mm]\.?)?)?$/;

const DAYS = [
  ...['/', '.', '-'].flatMap((sign) => [`dd${sign}MM${sign}yyyy`, `MM${sign}dd${sign}yyyy`]),
  'yyyy/MM/dd',
  'yyyy.MM.dd',
  'yyyy年MM月dd日',
];
const TIMES = ['', ' HH:mm', ' HH:mm:ss', ', HH:mm', ', HH:mm:ss'];

const FORMATS = DAYS.flatMap((day) =>
  TIMES.map((time) => {
    const type = time === '' ? ('date' as const) : ('timestamp' as const);
    const format = `${day}${time}`;
    const read = readDateFormat(format, type);
    if (typeof read === 'string') throw new TypeError(read);
    return { format, type, read };
  }),
);
