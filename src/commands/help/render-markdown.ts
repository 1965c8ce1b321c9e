import { lexer, type Token, type Tokens } from 'marked';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

export interface RenderOptions {
  /** Columns of the terminal; code blocks alone may be wider. */
  readonly width: number;
  /** Whether the text may hold escape sequences for bold and colour. Without them, code keeps its backticks. */
  readonly styled: boolean;
}

/** A page of the manual for a terminal: headings at the margin, everything else two columns to the right. */
export function renderMarkdown(markdown: string, { width, styled }: RenderOptions): string {
  const style = styled ? STYLED : PLAIN;
  const blocks = lexer(markdown).flatMap((token) =>
    token.type === 'heading'
      ? [style.heading(inline(token.tokens ?? [], PLAIN_HEADING))]
      : block(token, width - INDENT, style).map((text) => indented(text, INDENT)),
  );
  return `${blocks.join('\n\n')}\n`;
}

// --- internal ---

const INDENT = 2;

/** How the parts of a line look. */
interface Style {
  heading(text: string): string;
  strong(text: string): string;
  emphasis(text: string): string;
  code(text: string): string;
  link(text: string): string;
}

const PLAIN: Style = {
  heading: (text) => text,
  strong: (text) => text,
  emphasis: (text) => text,
  code: (text) => `\`${text}\``,
  link: (text) => text,
};
const PLAIN_HEADING: Style = { ...PLAIN, code: (text) => text };
const STYLED: Style = {
  heading: (text) => `\u001B[1m${text}\u001B[22m`,
  strong: (text) => `\u001B[1m${text}\u001B[22m`,
  emphasis: (text) => `\u001B[3m${text}\u001B[23m`,
  code: (text) => `\u001B[36m${text}\u001B[39m`,
  link: (text) => `\u001B[4m${text}\u001B[24m`,
};

/** A block as texts to be parted by blank lines; HTML, which holds comments alone, is left out. */
function block(token: Token, width: number, style: Style): string[] {
  switch (token.type) {
    case 'paragraph':
    case 'text':
      return [wrapped(inline(token.tokens ?? [token], style), width)];
    case 'code':
      return [indented(token.text, INDENT)];
    case 'list':
      return [listText(token as Tokens.List, width, style)];
    case 'table':
      return [tableText(token as Tokens.Table, width, style)];
    case 'space':
    case 'html':
      return [];
    default:
      throw new Error(`the manual has a ${token.type}, which no terminal was taught: ${token.raw}`);
  }
}

function inline(tokens: readonly Token[], style: Style): string {
  return tokens.map((token) => inlineText(token, style)).join('');
}

function inlineText(token: Token, style: Style): string {
  switch (token.type) {
    case 'text':
      return token.text.replaceAll('\n', ' ');
    case 'escape':
      return token.text;
    case 'codespan':
      return style.code(token.text.replaceAll('\n', ' '));
    case 'em':
      return style.emphasis(inline(token.tokens ?? [], style));
    case 'strong':
      return style.strong(inline(token.tokens ?? [], style));
    case 'link':
      return linkText(token as Tokens.Link, style);
    default:
      throw new Error(`the manual has ${token.type} in a line, which no terminal was taught: ${token.raw}`);
  }
}

/** A page is named by what shows it, an address by itself; a place on the same page needs neither. */
function linkText({ href, tokens }: Tokens.Link, style: Style): string {
  const text = inline(tokens, style);
  const [, topic] = /^([a-z-]+)\.md(?:#|$)/.exec(href) ?? [];
  if (topic !== undefined) return `${style.link(text)} (help ${topic})`;
  return /^https?:/.test(href) && href !== text ? `${style.link(text)} (${href})` : style.link(text);
}

function listText({ items, ordered, start }: Tokens.List, width: number, style: Style): string {
  return items
    .map(({ tokens }, index) => {
      const bullet = ordered ? `${Number(start || 1) + index}. ` : '* ';
      const text = tokens.flatMap((token) => block(token, width - bullet.length, style)).join('\n\n');
      return bullet + indented(text, bullet.length).trimStart();
    })
    .join('\n');
}

/** Columns side by side, two blanks apart; the widest give way until all of them fit. */
function tableText({ header, rows }: Tokens.Table, width: number, style: Style): string {
  const lines = [
    header.map(({ tokens }) => style.strong(inline(tokens, style))),
    ...rows.map((row) => row.map(({ tokens }) => inline(tokens, style))),
  ];
  const natural = header.map((_cell, column) =>
    Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))),
  );
  const widths = fitted(natural, width - GAP.length * (natural.length - 1));
  const rule = widths.map((columns) => '-'.repeat(columns)).join(GAP);
  const [first = '', ...rest] = lines.map((line) => rowText(line, widths));
  return [first, rule, ...rest].join('\n');
}

const GAP = '  ';

/** Widths that add up to `room` at most: columns wider than an equal share of what the others leave are cut to it. */
function fitted(natural: readonly number[], room: number): number[] {
  let cap = Math.max(...natural);
  const total = () => natural.reduce((sum, one) => sum + Math.min(one, cap), 0);
  while (cap > 8 && total() > room) cap -= 1;
  return natural.map((one) => Math.min(one, cap));
}

function rowText(cells: readonly string[], widths: readonly number[]): string {
  const columns = widths.map((width, column) => wrapped(cells[column] ?? '', width).split('\n'));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_none, line) =>
    columns
      .map((lines, column) => padded(lines[line] ?? '', widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  ).join('\n');
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** A word longer than a line is broken: a table would lose its columns. */
function wrapped(text: string, width: number): string {
  return wrapAnsi(text, width, { hard: true });
}

function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns));
}
