/** Each bin is that much wider than the one before: what is read from the sketch is within 5 %. */
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);
/** Enough for ten hours in milliseconds. */
const BINS = 184;

/** Counts durations in bins that grow, so that percentiles of any number of rows take one kilobyte. */
export class TimeSketch {
  #bins = new Uint32Array(BINS);
  #max = 0;
  count = 0;

  /** Adds a duration in milliseconds. */
  add(ms: number): void {
    const bin = ms < 1 ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(ms) / LOG_GROWTH) + 1);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#max = Math.max(this.#max, ms);
    this.count += 1;
  }

  /** Takes in all that `other` counted. */
  join(other: TimeSketch): void {
    for (let bin = 0; bin < BINS; bin += 1)
      this.#bins[bin] = (this.#bins[bin] ?? 0) + (other.#bins[bin] ?? 0);
    this.#max = Math.max(this.#max, other.#max);
    this.count += other.count;
  }

  get max(): number {
    return this.#max;
  }

  /** The duration that `share` of all do not exceed, 0 to 1; null where there is none. */
  percentile(share: number): number | null {
    if (this.count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.count));
    if (rank === this.count) return this.#max;
    let seen = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      seen += this.#bins[bin] ?? 0;
      if (seen >= rank) return Math.min(this.#max, middleOf(bin));
    }
    return this.#max;
  }

  /** How many lie at or below each edge and above the one before; the last count is of what lies above all edges. */
  between(edges: readonly number[]): number[] {
    const counts = new Array<number>(edges.length + 1).fill(0);
    for (let bin = 0; bin < BINS; bin += 1) {
      const count = this.#bins[bin] ?? 0;
      if (count === 0) continue;
      const place = edges.findIndex((edge) => middleOf(bin) <= edge);
      const at = place < 0 ? edges.length : place;
      counts[at] = (counts[at] ?? 0) + count;
    }
    return counts;
  }
}

// --- internal ---

/** Bin 0 is below a millisecond, bin 1 is one, bin n is up to GROWTH^(n - 1). */
function middleOf(bin: number): number {
  if (bin <= 1) return bin;
  const value = GROWTH ** (bin - 1.5);
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
