import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/commands/help/render-markdown.ts';

const plain = (markdown: string, width = 40): string => renderMarkdown(markdown, { width, styled: false });

describe('as plain text', () => {
  test.each([
    ['a heading stands at the margin', '# Errors of `run`', 'Errors of run\n'],
    [
      'a paragraph is wrapped',
      'One two three four five six seven eight nine\nten.',
      '  One two three four five six seven\n  eight nine ten.\n',
    ],
    [
      'code keeps its backticks, bold and emphasis go',
      '**Say** `--full` or *all*.',
      '  Say `--full` or all.\n',
    ],
    [
      'a block of code is not wrapped',
      '```sh\nlivedesk-sync run contacts.csv --dry-run --show 20\n```',
      '    livedesk-sync run contacts.csv --dry-run --show 20\n',
    ],
    ['an empty line of code holds no blanks', '```\na\n\nb\n```', '    a\n\n    b\n'],
    [
      'a list hangs below its bullets',
      '* one two three four five six seven eight\n* nine',
      '  * one two three four five six seven\n    eight\n  * nine\n',
    ],
    ['a numbered list keeps its numbers', '3. three\n4. four', '  3. three\n  4. four\n'],
    ['a page is named by its topic', 'See [State](state.md).', '  See State (help state).\n'],
    ['a place on a page, too', 'See [Lock](machines.md#one-rate-one-lock).', '  See Lock (help machines).\n'],
    ['a place on the same page needs nothing', 'See [below](#below).', '  See below.\n'],
    ['an address is shown', '[names](https://x.example/a)', '  names (https://x.example/a)\n'],
    ['comments are left out', '<!-- generated: x -->\n\nText\n\n<!-- end -->', '  Text\n'],
    [
      'a table keeps its columns',
      '| a | meaning |\n|---|---|\n| `x\\|y` | one two three four five six seven |\n| z | |',
      [
        '  a      meaning',
        '  -----  -------------------------------',
        '  `x|y`  one two three four five six',
        '         seven',
        '  z\n',
      ].join('\n'),
    ],
  ])('%s', (_what, markdown, text) => {
    expect(plain(markdown)).toBe(text);
  });
});

test('on a terminal, headings, bold, code and links have a style, and code no backticks', () => {
  const text = renderMarkdown('# A\n\n**b** *c* `d` [e](state.md)', { width: 40, styled: true });
  expect(text).toBe(
    '\u001B[1mA\u001B[22m\n\n  \u001B[1mb\u001B[22m \u001B[3mc\u001B[23m \u001B[36md\u001B[39m \u001B[4me\u001B[24m (help state)\n',
  );
});

test('what the renderer was not taught is a mistake in the manual', () => {
  expect(() => plain('> quoted')).toThrow('blockquote');
  expect(() => plain('a <b> c')).toThrow('html');
});
