import type { TemplatePart } from '../document.ts';

/** Splits `{first_name} {last_name}` into parts; a text says what is wrong. `{{` and `}}` are plain braces. */
export function readTemplate(text: string): readonly TemplatePart[] | string {
  const parts: TemplatePart[] = [];
  let literal = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if ((char === '{' || char === '}') && text[i + 1] === char) {
      literal += char;
      i++;
    } else if (char === '}') {
      return 'there is a "}" without a "{" before it. A plain brace is written twice: "}}".';
    } else if (char === '{') {
      const end = text.indexOf('}', i);
      if (end === -1) return 'a "{" is not closed. A plain brace is written twice: "{{".';
      const column = text.slice(i + 1, end).trim();
      if (column === '' || column.includes('{')) return 'between "{" and "}" stands the name of a column.';
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push({ column });
      i = end;
    } else literal += char;
  }
  if (literal !== '') parts.push(literal);
  if (!parts.some((part) => typeof part !== 'string')) {
    return 'this template names no column. A fixed text is written { value: … }.';
  }
  return parts;
}

/** Whether a short form is meant as a template and not as the name of a column. */
export function looksLikeTemplate(text: string): boolean {
  return text.includes('{') || text.includes('}');
}
