/** What the run did since its last pulse: the part of its course that no row tells. About 130 bytes. */
export interface HeartbeatLine {
  readonly type: 'pulse';
  readonly at: string;
  /** Milliseconds since the last pulse, or since the process began to send. */
  readonly ms: number;
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  /** Milliseconds in which a pause after throttling held everybody. */
  readonly paused_ms: number;
  /** Milliseconds in which an outage held everybody. */
  readonly outage_ms: number;
}

/** How often, at first and later: 360 lines an hour, some 45 kB. */
const CLOSE_MS = 1_000;
const WIDE_MS = 10_000;
const CLOSE_FOR_MS = 60_000;
/** How often the waiting is looked at. */
const LOOK_MS = 100;

export interface HeartbeatLineOptions {
  readonly meter: { readonly requests: number; readonly retries: number; readonly throttled: number };
  /** What holds everybody now. */
  readonly waits: () => 'pause' | 'outage' | undefined;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly write: (line: HeartbeatLine) => void;
}

/** Writes pulses into a journal until it is told that the run ends. A time in which nothing happened has none. */
export function startHeartbeatLines(options: HeartbeatLineOptions): () => void {
  const pulse = createHeartbeatLine(options);
  const timer = setInterval(pulse.look, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    pulse.end();
  };
}

/** The decisions of {@link startHeartbeatLines}, without its timer. */
export function createHeartbeatLine({ meter, waits, now, monotonic, write }: HeartbeatLineOptions) {
  const began = monotonic();
  let [last, looked] = [began, began];
  let before = { requests: 0, retries: 0, throttled: 0 };
  let [paused, outage] = [0, 0];
  let written = 0;

  const tell = (at: number): void => {
    const { requests, retries, throttled } = meter;
    const line: HeartbeatLine = {
      type: 'pulse',
      at: new Date(now()).toISOString(),
      ms: Math.round(at - last),
      requests: requests - before.requests,
      retries: retries - before.retries,
      throttled: throttled - before.throttled,
      paused_ms: Math.round(paused),
      outage_ms: Math.round(outage),
    };
    last = at;
    before = { requests, retries, throttled };
    [paused, outage] = [0, 0];
    if (line.requests + line.throttled + line.paused_ms + line.outage_ms === 0) return;
    written += 1;
    write(line);
  };

  return {
    look(): void {
      const at = monotonic();
      const wait = waits();
      if (wait === 'pause') paused += at - looked;
      if (wait === 'outage') outage += at - looked;
      looked = at;
      if (at - last >= (at - began < CLOSE_FOR_MS ? CLOSE_MS : WIDE_MS)) tell(at);
    },
    /** The rest since the last pulse; a run that was over before the first has its summary to tell all. */
    end(): void {
      if (written > 0) tell(monotonic());
    },
  };
}
