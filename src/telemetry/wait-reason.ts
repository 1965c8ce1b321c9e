/** What may keep everybody waiting. Times are milliseconds. */
export interface Waits {
  /** A look at all rows before the first is sent goes on: the share of it that is done. */
  readonly survey?: number | undefined;
  /** The run stops: rows in flight that are being finished. */
  readonly draining?: number | undefined;
  /** How long the API has been down. */
  readonly outageMs?: number | undefined;
  /** What is left of the pause that throttling asked for. */
  readonly pauseMs?: number | undefined;
}

/** Why everybody waits and for how long, in few words; undefined when nobody does. */
export function waitingText({ survey, draining, outageMs, pauseMs = 0 }: Waits): string | undefined {
  if (draining !== undefined) return `stopping, ${draining} in flight`;
  if (outageMs !== undefined) return `API down for ${short(outageMs)}`;
  if (pauseMs > 0) return `throttled, waits ${short(pauseMs)}`;
  if (survey !== undefined) return `looking at all rows first, ${Math.floor(survey * 100)}%`;
  return undefined;
}

// --- internal ---

/** `42 s`, `3 min 5 s`, `2 h 4 min`; never 0. */
function short(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
