import { InexactNumber } from '../../core/types.ts';
import { survivesJson } from './exact-number.ts';
import { CellFault, type Coerce, type Coerced } from './fault.ts';

const INEXACT = new CellFault(
  'ERR_NUMBER',
  'has more digits than a JSON number keeps. Map it with type: string to send every digit.',
);
const NOT_WHOLE = new CellFault(
  'ERR_NUMBER',
  'is not a whole number. Write digits alone, or map it with type: number.',
);

/** A whole number within the safe integers. */
export const coerceInteger: Coerce = numeric(/^-?\d+$/, NOT_WHOLE, (value) =>
  Number.isInteger(value) ? (Number.isSafeInteger(value) ? value : INEXACT) : NOT_WHOLE,
);

/** A decimal number that every JSON reader gives back as it was written. */
export function coerceNumber(decimal: '.' | ','): Coerce {
  if (decimal === '.') {
    const fault = new CellFault(
      'ERR_NUMBER',
      'is not a number. Write it like 1234.56, or set "decimal" in the mapping if its decimal mark is a comma.',
    );
    return numeric(/^-?\d+(?:\.\d+)?$/, fault, (value) => value);
  }
  const fault = new CellFault(
    'ERR_NUMBER',
    'is not a number. Write it like 1234,56, without marks between thousands.',
  );
  return numeric(/^-?\d+(?:,\d+)?$/, fault, (value) => value);
}

function numeric(form: RegExp, malformed: CellFault, check: (value: number) => Coerced): Coerce {
  return {
    text(cell) {
      const text = cell.trim();
      if (!form.test(text)) return malformed;
      const source = text.replace(',', '.');
      // + 0 so that "-0" is sent as 0
      return survivesJson(source) ? check(Number(source) + 0) : INEXACT;
    },
    json(value) {
      if (typeof value === 'number') return check(value);
      return value instanceof InexactNumber ? INEXACT : malformed;
    },
  };
}
