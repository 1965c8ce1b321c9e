import { relative } from 'node:path';

/** A path as short as the user would type it from the working directory. */
export function shownPath(path: string): string {
  const short = relative('.', path);
  return short !== '' && !short.startsWith('..') ? short : path;
}
