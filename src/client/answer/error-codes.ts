/** What an error code inside a body means for the row or the run. */
export type CodeMeaning =
  | 'unauthorized'
  | 'forbidden'
  | 'throttled'
  | 'validation'
  | 'not_found'
  | 'conflict'
  | 'transient';

/** Codes of the vendor's sister products (livedesk-api.md 4); LiveDesk documents none of its own. */
const VENDOR_CODES: ReadonlyMap<string, CodeMeaning> = table({
  1000: 'transient',
  2001: 'unauthorized',
  2002: 'unauthorized',
  2004: 'forbidden',
  3001: 'validation',
  3002: 'validation',
  3003: 'validation',
  3004: 'throttled',
  4001: 'not_found',
  23008: 'throttled',
  23009: 'forbidden',
  100101: 'unauthorized',
  100201: 'not_found',
  100202: 'conflict',
  100203: 'conflict',
  100301: 'validation',
  100303: 'conflict',
});

/** Some services repeat the HTTP status as the code. */
const HTTP_CODES: ReadonlyMap<string, CodeMeaning> = table({
  400: 'validation',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  422: 'validation',
  429: 'throttled',
});

/** Meaning of an error code found in a 2xx or 400 body; an unknown one may pass later. */
export function meaningOf(code: string): CodeMeaning {
  return VENDOR_CODES.get(code) ?? HTTP_CODES.get(code) ?? 'transient';
}

// --- internal ---

/** A map, since a code may be any text: one such as "constructor" is in every object. */
function table(codes: Readonly<Record<number, CodeMeaning>>): ReadonlyMap<string, CodeMeaning> {
  return new Map(Object.entries(codes));
}
