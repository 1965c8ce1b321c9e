import { Readable } from 'node:stream';
import type { Row, Shape } from '../../../src/core/types.ts';
import { openSource } from '../../../src/input/open.ts';
import type { Draft } from '../../../src/mapping/draft/draft.ts';
import { draftMapping } from '../../../src/mapping/draft/draft-mapping.ts';
import { draftText } from '../../../src/mapping/draft/draft-text.ts';
import { sampleColumns } from '../../../src/mapping/draft/sample.ts';

/** The draft of a file, its text, and the shape of the file. */
export async function draftOf(path: string): Promise<{ draft: Draft; text: string; shape: Shape }> {
  const source = await openSource(path, 0, { stdin: Readable.from([]) });
  const rows: Row[] = [];
  for await (const batch of source.rows()) rows.push(...batch.filter((row): row is Row => !('error' in row)));
  await source.close();
  const draft = draftMapping(sampleColumns(source.shape, rows), source.shape);
  return { draft, text: draftText(draft, { schema: 'schema.json', input: path }), shape: source.shape };
}

/** The draft with everything taken in that it only offers. */
export function uncommented(text: string): string {
  return text
    .replace(/^ {2}# (?!Not mapped)(?=["\w])/gm, '  ')
    .replace(/^# (?=additional_attributes:|on_missing:)/gm, '');
}
