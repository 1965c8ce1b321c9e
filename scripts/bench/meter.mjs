// @ts-check
// Loaded into the processes that are measured (`node --import`): what they took, told at their end.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env['BENCH_METER'];
const RESOLUTION_MS = 1;
/** A process that starts is late with everything: modules are loaded and code is compiled. That is not what is asked. */
const START_MS = 2_000;
const delay = process.env['BENCH_DELAY'] ? monitorEventLoopDelay({ resolution: RESOLUTION_MS }) : undefined;
delay?.enable();
setTimeout(() => delay?.reset(), START_MS).unref();
process.on('exit', () => {
  if (!file) return;
  delay?.disable();
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  // the histogram holds the whole time between two ticks of its timer
  const late = (/** @type {number} */ ns) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  const delays = delay && {
    p50: late(delay.percentile(50)),
    p99: late(delay.percentile(99)),
    max: late(delay.max),
  };
  writeFileSync(file, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, delayMs: delays }));
});
