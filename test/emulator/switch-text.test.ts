import { expect, test } from 'vitest';
import {
  parseContactFaults,
  parseFaults,
  parseLatency,
  parseRequestLimit,
} from '../../src/emulator/switch-text.ts';

test.each([
  ['500/1s', { requests: 500, windowMs: 1000 }],
  ['60/m', { requests: 60, windowMs: 60_000 }],
  ['3/250ms', { requests: 3, windowMs: 250 }],
  ['none', null],
  ['150/1s:300', { requests: 150, windowMs: 1000, burst: 300 }],
])('limit %s', (text, limit) => {
  expect(parseRequestLimit('limit', text)).toEqual(limit);
});

test.each([
  ['0', [0, 0]],
  ['50ms', [50, 50]],
  ['20-200ms', [20, 200]],
  ['1-2s', [1000, 2000]],
])('latency %s', (text, range) => {
  expect(parseLatency('latency', text)).toEqual(range);
});

test('faults', () => {
  expect(parseFaults('fault', ['500=2%', 'reset-after=0.5'])).toEqual({ '500': 0.02, 'reset-after': 0.5 });
  expect(parseContactFaults('contact-fault', ['17=500,502', '18=403*', '19=hang'])).toEqual({
    17: ['500', '502'],
    18: '403',
    19: ['hang'],
  });
});

test.each([
  () => parseRequestLimit('limit', '500'),
  () => parseRequestLimit('limit', '5/0s'),
  () => parseLatency('latency', '200-20ms'),
  () => parseLatency('latency', 'fast'),
  () => parseFaults('fault', ['500=200%']),
  () => parseFaults('fault', ['501=2%']),
  () => parseContactFaults('contact-fault', ['17=500,502*']),
  () => parseContactFaults('contact-fault', ['17=teapot']),
])('refuses what it cannot read, naming the option: %#', (parse) => {
  expect(parse).toThrow(/^--[\w-]+: expected something like /);
});
