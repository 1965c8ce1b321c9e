import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHeartbeatLine, type HeartbeatLine } from '../../src/journal/heartbeat-line.ts';
import { foldJournal } from '../../src/journal/read-journal.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** A pulse that is looked at each 100 ms, with a clock of its own. */
function pulseOver() {
  const lines: HeartbeatLine[] = [];
  const meter = { requests: 0, retries: 0, throttled: 0 };
  let at = 0;
  let wait: 'pause' | 'outage' | undefined;
  const pulse = createHeartbeatLine({
    meter,
    waits: () => wait,
    now: () => at,
    monotonic: () => at,
    write: (line) => lines.push(line),
  });
  const pass = (ms: number, during?: 'pause' | 'outage') => {
    wait = during;
    for (const end = at + ms; at < end; ) {
      at += 100;
      pulse.look();
    }
  };
  return { lines, meter, pulse, pass };
}

test('each second at first, each ten seconds after a minute, each with what was new', () => {
  const { lines, meter, pulse, pass } = pulseOver();
  for (let second = 0; second < 90; second += 1) {
    meter.requests += 10;
    pass(1000);
  }
  expect(lines).toHaveLength(59 + 3);
  meter.retries = 2;
  meter.throttled = 3;
  pass(500);
  pulse.end();
  const sum = (name: 'requests' | 'ms') => lines.reduce((total, line) => total + line[name], 0);
  expect([sum('requests'), sum('ms')]).toEqual([900, 90_500]);
  expect(lines.at(-1)).toMatchObject({ type: 'pulse', retries: 2, throttled: 3 });
  expect(Math.max(...lines.map((line) => JSON.stringify(line).length))).toBeLessThan(150);
});

test('waiting is told by its kind; a time without anything is not', () => {
  const { lines, pass } = pulseOver();
  pass(1000);
  pass(700, 'pause');
  pass(300, 'outage');
  expect(lines).toMatchObject([{ ms: 1000, paused_ms: 700, outage_ms: 300, requests: 0 }]);
});

test('a run that was over before its first pulse has none', () => {
  const { lines, meter, pulse, pass } = pulseOver();
  meter.requests = 5;
  pass(900);
  pulse.end();
  expect(lines).toEqual([]);
});

test('pulses and lines of a later type are skipped, also behind the last row', async () => {
  const dir = tempDir();
  const path = join(dir, 'results.jsonl');
  const add = (line: object) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  writeFileSync(path, `${JSON.stringify({ type: 'run', version: 2, options: {} })}\n`);
  add({ type: 'pulse', ms: 1000, requests: 4 });
  add({ type: 'row', row: 1, line: 2, status: 'updated' });
  add({ type: 'weather', rain: true });
  add({ type: 'row', row: 2, line: 3, status: 'updated' });
  add({ type: 'end', summary: {} });
  const { tally, end, tornBytes } = await foldJournal(dir);
  expect([tally.rows, end?.type, tornBytes]).toEqual([2, 'end', 0]);
});
