import { RunError } from '../core/errors.ts';

/** Throws `ERR_INPUT` (exit 2) when the start of a decoded input holds NUL bytes: it is no UTF-8 text. */
export function requireText(start: string, name: string): void {
  if (!start.includes('\0')) return;
  const low = [...start.slice(0, 200)].filter((char, at) => char === '\0' && at % 2 === 1).length;
  const high = [...start.slice(0, 200)].filter((char, at) => char === '\0' && at % 2 === 0).length;
  const [more, less, encoding] = low > high ? [low, high, 'utf-16le'] : [high, low, 'utf-16be'];
  const looksLikeUtf16 = less === 0 && more * 4 > Math.min(start.length, 200);
  throw new RunError(
    'ERR_INPUT',
    looksLikeUtf16
      ? `${name} looks like UTF-16 without a byte order mark: --encoding ${encoding}`
      : `${name} holds NUL bytes: it is not a text file. Export it as CSV UTF-8 or JSONL.`,
  );
}

/** Throws `ERR_INPUT` (exit 2) for markup: mostly a page that was saved in place of the export. */
export function requireData(start: string, name: string): void {
  const markup = /^\s*<(!doctype html|html|head|body|\?xml)/i.exec(start)?.[1];
  if (markup === undefined) return;
  throw new RunError(
    'ERR_INPUT',
    markup === '?xml'
      ? `${name} is XML. Export it as CSV UTF-8 or JSONL.`
      : `${name} is an HTML page. Was a login or error page saved in place of the export? Log in and export it again.`,
  );
}

/** Throws `ERR_INPUT` (exit 2) for the kinds of JSON that are mistaken for JSONL. */
export function requireJsonLines(start: string, name: string): void {
  const text = start.trimStart();
  const firstLine = text.split(/[\r\n]/, 1)[0]?.trimEnd();
  if (text.startsWith('[')) {
    throw new RunError('ERR_INPUT', `${name} is a JSON array, not JSONL; \`jq -c '.[]'\` makes JSONL of it.`);
  }
  const list = /^\{\s*"([\w-]+)"\s*:\s*\[\s*\{/.exec(text)?.[1];
  const isAlone = firstLine === '{' || text.trimEnd() === firstLine;
  if (list !== undefined && isAlone) {
    throw new RunError(
      'ERR_INPUT',
      `${name} is one JSON object with a list in it, not JSONL; \`jq -c '.[${JSON.stringify(list)}][]'\` makes JSONL of it.`,
    );
  }
  if (firstLine === '{') {
    throw new RunError(
      'ERR_INPUT',
      `${name} is JSON over several lines, not JSONL; \`jq -c .\` makes JSONL of it.`,
    );
  }
}
