import { shellWord } from './shell-text.ts';

/** The name under which a shell finds this program. */
export const PROGRAM = 'livedesk-sync';

/** Options of a command line by their long names; `true` and `false` are switches, a list is given word by word. */
export type CommandOptions = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/**
 * A command line of this program as a shell takes it, whatever characters its words hold. No other function puts a
 * command together, so that each can be pasted as it stands.
 */
export function commandText(
  command: string,
  positionals: readonly string[] = [],
  options: CommandOptions = {},
): string {
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => optionText(name, one)),
  );
  return [PROGRAM, command, ...positionals.map(positionalText), ...words].join(' ');
}

/** What to do next. */
export interface NextStep {
  readonly words?: string | undefined;
  readonly command?: string | undefined;
}

/** The ways of a text that says what to type next, one a line: the words of each, and its command by itself. */
export function stepsOf(next: string): NextStep[] {
  return next.split('\n').map((line) => {
    const way = line.trim();
    const at = way.indexOf(`${PROGRAM} `);
    if (at < 0) return { words: way };
    const words = way.slice(0, at).replace(/:\s*$/, '').trim();
    return { ...(words === '' ? {} : { words }), command: way.slice(at) };
  });
}

// --- internal ---

/** Long names that are written shorter. */
const SHORT: Readonly<Record<string, string>> = { mapping: '-m', 'run-dir': '-o' };

function positionalText(word: string): string {
  // a word that begins with a dash would be taken for an option
  return shellWord(word.startsWith('-') && word !== '-' ? `./${word}` : word);
}

function optionText(name: string, value: string | number | boolean): string {
  if (value === true) return `--${name}`;
  if (value === false) return `--no-${name}`;
  const text = value === '\t' ? 'tab' : String(value);
  if (text.startsWith('-')) return `--${name}=${shellWord(text)}`;
  return `${SHORT[name] ?? `--${name}`} ${shellWord(text)}`;
}
