import { codeOf } from './errors.ts';

/** More frames than that tell nothing more. */
const MAX_FRAMES = 20;

/**
 * What is printed of a bug of ours: kind, message and stack. Messages of the engine and of libraries quote what they
 * stumbled over, as in `Unexpected token 'A', "Anna" is not valid JSON`, so what stands in quotes is left out.
 */
export function crashText(error: unknown): string {
  if (!(error instanceof Error)) return `livedesk-sync: a bug of ours, please report it\n${typeof error}\n`;
  const code = codeOf(error);
  const name = code === error.name ? error.name : `${error.name} (${code})`;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const lines = [`${name}: ${withoutQuotes(error.message)}`, ...frames.slice(0, MAX_FRAMES)];
  return `livedesk-sync: a bug of ours, please report it\n${lines.join('\n')}\n`;
}

// --- internal ---

/** Up to the last quote of the line: what is quoted may hold quotes itself. Names of properties say nothing of a row. */
function withoutQuotes(message: string): string {
  const [line = ''] = message.split('\n', 1);
  const reading = /^Cannot (?:read|set) properties of (?:undefined|null) \((?:reading|setting) '[\w$]+'\)$/;
  return reading.test(line) ? line : line.replace(/["'`].*["'`]/, '"…"');
}
