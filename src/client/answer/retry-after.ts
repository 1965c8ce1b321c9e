/** A reset time beyond this is taken for another unit. */
const PLAUSIBLE_RESET_MS = 24 * 60 * 60 * 1000; // a day

/**
 * How long the server asks us to wait, in milliseconds: `Retry-After`, else `X-Rate-Limit-Reset` (or without its
 * second hyphen) as seconds left, epoch seconds or epoch milliseconds (livedesk-api.md trap 30). Undefined where
 * it does not say, or says nothing plausible, or a time that is over. A time is read against the answer's own `Date`,
 * since the clocks of server and client may differ; `ownMs`, Unix time, is taken where the answer has none.
 */
export function retryAfterMs(headers: Headers, ownMs: number): number | undefined {
  const after = statedWaitMs(headers, ownMs);
  if (after !== undefined) return after;
  const reset = single(headers['x-ratelimit-reset']) ?? single(headers['x-rate-limit-reset']);
  if (reset === undefined || !NUMBER.test(reset)) return undefined;
  const nowMs = dateOf(headers) ?? ownMs;
  const number = Number(reset);
  for (const wait of [number * 1000, number * 1000 - nowMs, number - nowMs]) {
    if (wait > 0 && wait <= PLAUSIBLE_RESET_MS) return wait;
  }
  return undefined;
}

/**
 * `Retry-After` alone, as seconds or HTTP date, in milliseconds. However long: a wait is reported, never shortened.
 * Undefined where it is absent, unreadable, or over already.
 */
export function statedWaitMs(headers: Headers, ownMs: number): number | undefined {
  const after = single(headers['retry-after']);
  if (after === undefined) return undefined;
  const wait = NUMBER.test(after)
    ? Number(after) * 1000
    : HTTP_DATE.test(after)
      ? Date.parse(after) - (dateOf(headers) ?? ownMs)
      : 0;
  return wait > 0 ? wait : undefined;
}

// --- internal ---

type Headers = { readonly [name: string]: string | string[] | undefined };
const NUMBER = /^\d+(?:\.\d+)?$/;
/** `Date.parse` alone finds a date in nearly anything, such as "in 5". */
const HTTP_DATE = /\d\d:\d\d:\d\d.*(?:GMT|Z)$/;

/** When the server sent the answer, by its own clock; undefined where it does not say. */
function dateOf(headers: Headers): number | undefined {
  const date = single(headers['date']);
  return date !== undefined && HTTP_DATE.test(date) ? Date.parse(date) : undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value)?.trim();
}
