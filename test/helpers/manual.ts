import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const MANUAL = join(ROOT, 'src/manual');

/** README and every page of the manual, by their paths below the root. */
export const DOCUMENTS: ReadonlyMap<string, string> = new Map(
  ['README.md', ...pageNames().map((name) => `src/manual/${name}.md`)].map((path) => [
    path,
    readFileSync(join(ROOT, path), 'utf8'),
  ]),
);

/** The names of the pages that are there, in the order of the alphabet. */
export function pageNames(): readonly string[] {
  return readdirSync(MANUAL)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -'.md'.length))
    .sort();
}

/** The text of a page. */
export function page(name: string): string {
  const text = DOCUMENTS.get(`src/manual/${name}.md`);
  if (text === undefined) throw new Error(`the manual has no page ${name}`);
  return text;
}

/** A block of code, and where it stands. */
export interface CodeBlock {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** All blocks of code of README and the manual. */
export const BLOCKS: readonly CodeBlock[] = [...DOCUMENTS].flatMap(([path, document]) =>
  [...document.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
    path,
    language,
    text,
  })),
);

/** The first block of a language that holds a text. */
export function block(language: string, holding: string): string {
  const found = BLOCKS.find((one) => one.language === language && one.text.includes(holding));
  if (!found) throw new Error(`neither README nor the manual has a ${language} block with ${holding}`);
  return found.text;
}
