import { fileURLToPath } from 'node:url';

/** Path of a file below `fixtures/`. */
export function fixture(path: string): string {
  return fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
}
