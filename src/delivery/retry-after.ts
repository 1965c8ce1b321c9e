/** A reset time beyond this is taken for something else. */
const PLAUSIBLE_MS = 24 * 60 * 60 * 1000; // a day

/**
 * How long the server asks us to wait, in milliseconds: `Retry-After` as seconds or HTTP date, else
 * `X-RateLimit-Reset` as seconds left, epoch seconds or epoch milliseconds (livedesk-api.md trap 30).
 * Undefined where it does not say, or says nothing plausible. `nowMs` is Unix time.
 */
export function retryAfterMs(
  headers: { readonly [name: string]: string | string[] | undefined },
  nowMs: number,
): number | undefined {
  const after = single(headers['retry-after']);
  if (after !== undefined) {
    const wait = /^\d+(?:\.\d+)?$/.test(after) ? Number(after) * 1000 : Date.parse(after) - nowMs;
    if (plausible(wait)) return Math.max(0, wait);
  }
  const reset = single(headers['x-ratelimit-reset']) ?? single(headers['x-rate-limit-reset']);
  if (reset === undefined || !/^\d+(?:\.\d+)?$/.test(reset)) return undefined;
  const number = Number(reset);
  for (const wait of [number * 1000, number * 1000 - nowMs, number - nowMs]) {
    if (wait >= 0 && plausible(wait)) return wait;
  }
  return undefined;
}

// --- internal ---

function single(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value)?.trim();
}

function plausible(waitMs: number): boolean {
  return Number.isFinite(waitMs) && waitMs <= PLAUSIBLE_MS;
}
