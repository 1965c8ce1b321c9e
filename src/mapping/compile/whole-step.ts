import type { JsonObject } from '../../core/types.ts';
import { CellFault, type Coerced } from '../coerce/fault.ts';
import { coerceJson, MALFORMED } from '../coerce/json.ts';
import { isPlainObject } from '../coerce/sendable.ts';
import type { Field } from '../document.ts';
import { refusedKey } from '../targets.ts';
import { asRead, type ReadCell } from './cell.ts';
import { absencesOf, columnStep, emptyCheck, type Step } from './step.ts';

const NOT_AN_OBJECT = new CellFault(
  'ERR_JSON',
  'is not an object of keys and values, as in {"plan": "team"}.',
);
const RESERVED = new CellFault(
  'ERR_JSON',
  'holds a key that is empty or reserved (__proto__, constructor, prototype). Rename it.',
);

/**
 * A step that sets all of `custom_attributes` or `additional_attributes` from one column. The keys of
 * `custom_attributes` follow `empty` and `null` as columns would; `additional_attributes` are sent as they are.
 */
export function wholeStep(field: Field, column: string, read: ReadCell, marker?: string): Step {
  const step = columnStep(withoutClearing(field), column, read, coerceJson, marker);
  const isEmpty = emptyCheck(field);
  const isCustom = field.target.key === 'custom_attributes';
  const absent = absencesOf({ ...field, target: { kind: 'custom', key: '*' } });

  const settleKeys = (object: JsonObject): Coerced | undefined => {
    let kept: JsonObject | undefined;
    const keys = Object.keys(object);
    for (const key of keys) {
      const value = asRead(object[key]);
      if (value !== null && (typeof value !== 'string' || !isEmpty(value.trim()))) continue;
      const outcome = value === null ? absent.null : absent.empty;
      if (outcome instanceof CellFault) return outcome;
      kept ??= { ...object };
      if (outcome === undefined) delete kept[key];
      else kept[key] = outcome;
    }
    return kept !== undefined && Object.keys(kept).length === 0 ? undefined : (kept ?? object);
  };

  return {
    ...step,
    take(record) {
      const value = step.take(record);
      if (value === MALFORMED) return NOT_AN_OBJECT;
      if (value === undefined || value instanceof CellFault) return value;
      if (!isPlainObject(value)) return NOT_AN_OBJECT;
      const keys = Object.keys(value);
      if (keys.length === 0) return field.empty === 'error' ? absent.empty : undefined;
      if (keys.some((key) => refusedKey(key) !== undefined)) return RESERVED;
      return isCustom ? settleKeys(value) : value;
    },
  };
}

/** `empty: clear` is meant for the keys: an absent object has nothing that clears it. */
function withoutClearing(field: Field): Field {
  return field.empty === 'clear' ? { ...field, empty: 'keep' } : field;
}
