/** How far back progress is looked at: a slow or quick start is forgotten after this time. */
const LOOKS_BACK_S = 60;
/** No estimate is given before progress has been observed for this long. */
const LEAST_S = 2;

/**
 * Estimates the time left from how fast the finished share grew recently. Give it the seconds since the start and the share
 * done, 0 to 1, now and then; it gives the seconds left, or undefined while nothing moves or too little was seen.
 */
export function createEta(): (elapsedS: number, share: number | undefined) => number | undefined {
  let seen: { readonly at: number; readonly share: number }[] = [];
  return (at, share) => {
    if (share === undefined || share >= 1) return undefined;
    seen.push({ at, share });
    const firstKept = seen.findIndex((one) => at - one.at <= LOOKS_BACK_S);
    if (firstKept > 0) seen = seen.slice(firstKept);
    const [oldest] = seen;
    if (!oldest || at - oldest.at < LEAST_S || share <= oldest.share) return undefined;
    return ((1 - share) * (at - oldest.at)) / (share - oldest.share);
  };
}
