import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './temp-dir.ts';

/** Path of a new file with `text`, that goes away with the test. */
export function writeInput(name: string, text: string | Uint8Array): string {
  const path = join(tempDir(), name);
  writeFileSync(path, text);
  return path;
}

/** A CSV that sets `custom_attributes.n` of contacts 1 to `rows` to their own number. */
export function numberedCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `${i + 1},${i + 1}\n`);
  return `contact_id,custom_attributes.n\n${lines.join('')}`;
}
