import { coercerFor } from '../coerce/coerce.ts';
import { CellFault } from '../coerce/fault.ts';
import { valueFault } from '../coerce/sendable.ts';
import { asItIs } from '../coerce/text.ts';
import { COLUMN_NAMES, readTarget, type Target } from '../targets.ts';
import { plainField } from './plain-field.ts';
import { columnStep, type Step } from './step.ts';
import { wholeStep } from './whole-step.ts';

type Fields = { readonly [path: string]: unknown };
/** The step of a path, or why it cannot be set beside the other fields. */
export type FieldSteps = (path: string, fields: Fields) => Step | CellFault;

/** Attributes that steps are kept for: their keys may be data. */
const MAX_KEPT = 10_000;

const NOT_PLAIN = new CellFault(
  'ERR_JSON',
  'holds an object that is neither plain nor a list, such as a Date or a Map. Give what JSON knows.',
);

/**
 * Steps of fields that are known only when a row sets them. Waits because the rules of phone numbers are loaded
 * beforehand.
 */
export async function createFieldSteps(): Promise<FieldSteps> {
  const steps = new Map<string, Step | CellFault>();
  for (const path of COLUMN_NAMES) {
    const target: Target = { kind: 'column', key: path };
    const field = fieldOf(path, target);
    steps.set(path, columnStep(field, path, readOwn(path), await coercerFor(field, target, undefined)));
  }
  return (path, fields) => {
    let step = steps.get(path);
    if (step === undefined) {
      step = attributeStep(path);
      if (steps.size < MAX_KEPT) steps.set(path, step);
    }
    if (step instanceof CellFault) return step;
    const whole = path.slice(0, path.indexOf('.'));
    if (step.target.kind !== 'column' && Object.hasOwn(fields, whole)) return setTwice(whole);
    const fault = oddity(fields[path]);
    return fault ?? step;
  };
}

// --- internal ---

function attributeStep(path: string): Step | CellFault {
  const target = readTarget(path);
  if (typeof target === 'string') return new CellFault('ERR_FIELD', `is no field: ${target}`);
  if (target.kind === 'custom' && target.key === '*') {
    return new CellFault('ERR_FIELD', 'is a pattern, which a function cannot set. Name each attribute.');
  }
  const field = fieldOf(path, target);
  return target.kind === 'whole'
    ? wholeStep(field, path, readOwn(path))
    : columnStep(field, path, readOwn(path), asItIs);
}

/** As in a mapping, but for null: a function that gives null means it. */
function fieldOf(path: string, target: Target) {
  return { ...plainField(path, target, { kind: 'column', column: path }), null: 'clear' as const };
}

function readOwn(path: string) {
  return (fields: unknown) => copyOf((fields as Fields)[path]);
}

/** The caller may change its objects before they are sent. */
function copyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}

function setTwice(whole: string): CellFault {
  return new CellFault(
    'ERR_FIELD',
    `is set twice: "${whole}" as a whole and one of its keys. Set one of them.`,
  );
}

/** Why a value is not what JSON knows, before anything else is made of it. */
function oddity(value: unknown): CellFault | undefined {
  if (value === undefined) return undefined;
  return valueFault(value) ?? (isPlain(value) ? undefined : NOT_PLAIN);
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every(isPlain);
}
