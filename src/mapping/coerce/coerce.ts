import type { CellReading } from '../document.ts';
import type { Target } from '../targets.ts';
import { coerceBoolean } from './boolean.ts';
import { coerceDate } from './date.ts';
import { coerceEmail } from './email.ts';
import type { Coerce } from './fault.ts';
import { coerceJson, coerceList } from './json.ts';
import { coerceInteger, coerceNumber } from './number.ts';
import { coercePhone } from './phone.ts';
import { asItIs, coerceString, coerceUrl } from './text.ts';

/** The coercer of a type. Waits because phones and time zones load their rules when they are first asked for. */
export async function coercerFor(
  reading: CellReading,
  target: Target,
  at: string | undefined,
): Promise<Coerce> {
  const { type } = reading;
  if (type === undefined) return asItIs;
  switch (type) {
    case 'string':
      return coerceString(target);
    case 'integer':
      return coerceInteger;
    case 'number':
      return coerceNumber(reading.decimal ?? '.');
    case 'boolean':
      return coerceBoolean({ true: reading.true ?? ['true'], false: reading.false ?? ['false'] });
    case 'date':
    case 'timestamp':
      return coerceDate(reading, type);
    case 'phone':
      return coercePhone(reading, at);
    case 'email':
      return coerceEmail;
    case 'url':
      return coerceUrl;
    case 'json':
      return coerceJson;
    case 'list':
      return coerceList(reading.separator ?? ',');
  }
}
