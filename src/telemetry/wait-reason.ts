import { waitText } from '../core/duration-text.ts';
/** What may keep everybody waiting. Times are milliseconds. */
export interface WaitReasons {
  /** A look at all rows before the first is sent goes on: the share of it that is done. */
  readonly survey?: number | undefined;
  /** The list of contacts is read before the first row: the share of it that is done. */
  readonly listing?: number | undefined;
  /** The run stops: rows in flight that are being finished. */
  readonly draining?: number | undefined;
  /** How long the API has been down. */
  readonly outageMs?: number | undefined;
  /** What is left of the pause that throttling asked for. */
  readonly pauseMs?: number | undefined;
}

/** Why the run waits and for how long, in few words; undefined while it does not wait. */
export function waitReasonText({
  survey,
  listing,
  draining,
  outageMs,
  pauseMs = 0,
}: WaitReasons): string | undefined {
  if (draining !== undefined) return `stopping, ${draining} in flight`;
  if (outageMs !== undefined) return `API down for ${waitText(outageMs)}`;
  if (pauseMs > 0) return `throttled, waits ${waitText(pauseMs)}`;
  if (survey !== undefined) return `looking at all rows first, ${Math.floor(survey * 100)}%`;
  if (listing !== undefined) return `reading the list of contacts, ${Math.floor(listing * 100)}%`;
  return undefined;
}
