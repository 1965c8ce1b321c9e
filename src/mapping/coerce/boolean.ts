import { CellFault, type Coerce } from './fault.ts';

/** A real JSON boolean: the API takes "False" and "no" for true (livedesk-api.md 5.5). */
export function coerceBoolean(booleans: {
  readonly true: readonly string[];
  readonly false: readonly string[];
}): Coerce {
  const meanings = new Map<string, boolean>();
  for (const text of booleans.true) meanings.set(text, true);
  for (const text of booleans.false) meanings.set(text, false);
  const fault = new CellFault(
    'ERR_BOOLEAN',
    `is none of ${booleans.true.join(', ')} (true) and ${booleans.false.join(', ')} (false).`,
  );
  const text = (cell: string) => meanings.get(cell.trim().toLowerCase()) ?? fault;
  return {
    text,
    json: (value) =>
      typeof value === 'boolean' ? value : typeof value === 'number' ? text(String(value)) : fault,
  };
}
