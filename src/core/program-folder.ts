/**
 * The folder of the program, with a slash at its end: `src` in a checkout, `dist` in the package. This file lies one
 * folder deep in both, since the build puts it into `dist/chunks`.
 */
export const PROGRAM_FOLDER = new URL('../', import.meta.url);
