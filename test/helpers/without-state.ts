import { realpathSync } from 'node:fs';

export const ROOT = realpathSync(new URL('../..', import.meta.url));
/** Words that settle the state, or that need none. */
const SETTLED = ['--state', '--no-state', '--resume', '--retry', '--help'];

/**
 * The words of a command, for tests of something else than the state, which begin runs in this checkout: all of them would
 * share the state of `runs/`, and remember what other tests sent to an emulator at the same port.
 */
export function withoutState(args: readonly string[], cwd = process.cwd()): readonly string[] {
  const isSettled = args.some((arg) => SETTLED.some((word) => arg === word || arg.startsWith(`${word}=`)));
  if (args[0] !== 'run' || isSettled || realpathSync(cwd) !== realpathSync(ROOT)) return args;
  return ['run', '--no-state', ...args.slice(1)];
}
