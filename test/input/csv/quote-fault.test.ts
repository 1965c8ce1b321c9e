import { expect, test } from 'vitest';
import { findQuoteFault } from '../../../src/input/csv/quote-fault.ts';

test.each([
  ['1,"x\n2,3\n', { kind: 'unclosed', line: 1, cell: 2 }],
  ['\n\n1,"x', { kind: 'unclosed', line: 3, cell: 2 }],
  ['"a\nb","c', { kind: 'unclosed', line: 2, cell: 2 }],
  ['"a""', { kind: 'unclosed', line: 1, cell: 1 }],
  ['1,"a"b', { kind: 'after-quote', line: 1, cell: 2 }],
  ['1,a"b', { kind: 'inside-cell', line: 1, cell: 2 }],
  ['1,"a"\r\n2,"b"\n', undefined],
  ['1,""', undefined],
])('%j has %j', (text, fault) => {
  expect(findQuoteFault(text, { delimiter: ',', quote: '"', rowEnds: ['\r\n', '\n'] })).toEqual(fault);
});

test('cells are counted at a delimiter of more than one code unit', () => {
  expect(findQuoteFault('1😀2😀"x', { delimiter: '😀', quote: '"', rowEnds: ['\n'] })).toEqual({
    kind: 'unclosed',
    line: 1,
    cell: 3,
  });
});
