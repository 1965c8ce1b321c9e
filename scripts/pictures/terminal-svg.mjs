// @ts-check
/** Pixels. */
const SIZE = { letter: 7.83, line: 18, font: 13, margin: 18, bar: 30 };

/**
 * A screen of text as a small picture in letters, which a reader can select.
 * @param {string} text
 * @param {number} columns
 */
export function terminalSvg(text, columns) {
  const lines = text.trimEnd().split('\n');
  const width = Math.ceil(columns * SIZE.letter + 2 * SIZE.margin);
  const height = lines.length * SIZE.line + SIZE.bar + SIZE.margin;
  const spans = lines.map((line, i) => {
    const y = SIZE.bar + (i + 1) * SIZE.line - 4;
    const kind = line.startsWith('$ ') ? ' class="typed"' : '';
    return line === '' ? '' : `<text x="${SIZE.margin}" y="${y}"${kind}>${escaped(line)}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">A run and its summary in a terminal</title>
<style>
text { font: ${SIZE.font}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dce5; white-space: pre; }
.typed { fill: #8ab4ff; }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#14171d"/>
<g fill="#3a4250"><circle cx="20" cy="16" r="5"/><circle cx="37" cy="16" r="5"/><circle cx="54" cy="16" r="5"/></g>
${spans.join('')}</svg>
`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
