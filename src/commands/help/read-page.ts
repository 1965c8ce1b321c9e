import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PROGRAM_FOLDER } from '../../core/program-folder.ts';
import type { Topic } from '../../manual/topics.ts';
import { mappingReference } from '../../mapping/schema/mapping-reference.ts';
import type { Command } from '../command.ts';
import { optionTables } from './option-tables.ts';

/** Where the page of a topic is. */
export function pagePath(topic: Topic): string {
  return fileURLToPath(new URL(`manual/${topic}.md`, PROGRAM_FOLDER));
}

/**
 * A page of the manual as Markdown. What stands between `<!-- generated: NAME -->` and `<!-- end -->` is made anew from
 * the code that does the work, so that it is true whatever the file says; a test holds the file to it.
 */
export async function readPage(topic: Topic, commands: readonly Command[]): Promise<string> {
  const makers: Readonly<Record<string, () => string>> = {
    options: () => optionTables(commands),
    'mapping reference': mappingReference,
  };
  const text = await readFile(pagePath(topic), 'utf8');
  return text.replace(GENERATED, (_whole, name: string) => {
    const made = makers[name];
    if (!made) throw new Error(`${topic}.md has a part "${name}" that nothing makes`);
    return `<!-- generated: ${name} -->\n\n${made()}\n\n<!-- end -->`;
  });
}

// --- internal ---

const GENERATED = /<!-- generated: (.+?) -->[\s\S]*?<!-- end -->/g;
