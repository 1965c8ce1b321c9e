import { readFileSync } from 'node:fs';
import { PROGRAM_FOLDER } from './program-folder.ts';

/** Version of this package. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', PROGRAM_FOLDER), 'utf8')) as { version: string }
).version;
