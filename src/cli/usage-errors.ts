import { didYouMean } from '../core/did-you-mean.ts';

/** Names under which people look for a way to give credentials on the command line. */
const CREDENTIAL = /key|secret|token|password|auth|user/i;

/** What a command is given that does not work without it. */
const MISSING: Readonly<Record<string, string>> = {
  undo: 'the run to undo: its directory, its name below runs/, or latest',
  apply: 'the plan to send: the plan.jsonl that plan wrote',
  init: 'the input to look at: a CSV or JSONL file, or - for stdin',
};

/**
 * What yargs says of a wrong command line, in the form of our own errors. `optionsOf` gives the names of the options of a
 * command, or, without a command, of all.
 */
export function usageText(
  message: string,
  argv: readonly string[],
  optionsOf: (command?: string) => readonly string[],
): string {
  const [command = ''] = argv;
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ');
  if (unknown) {
    const [name = ''] = unknown;
    if (unknown.some((one) => CREDENTIAL.test(one))) {
      return 'credentials are never given on the command line, where every user of the machine sees them. Set LIVEDESK_API_KEY and LIVEDESK_API_SECRET, or LIVEDESK_API_KEY_FILE and LIVEDESK_API_SECRET_FILE to files that hold them.';
    }
    const own = optionsOf(command);
    if (optionsOf().includes(name) && own.length > 0) {
      return `${command} has no option --${name}. See livedesk-sync ${command} --help.`;
    }
    const near = didYouMean(
      `--${name}`,
      (own.length > 0 ? own : optionsOf()).map((option) => `--${option}`),
    );
    return `there is no option --${name}.${near || ' See livedesk-sync <command> --help.'}`;
  }
  if (message.startsWith('Did you mean ') || message.startsWith('Unknown command')) {
    const near = message.startsWith('Did') ? ` ${message}` : ' See livedesk-sync --help.';
    return `there is no command ${JSON.stringify(command)}.${near}`;
  }
  const [, choice, given, choices] = /Argument: ([\w-]+), Given: (.+), Choices: (.+)$/.exec(message) ?? [];
  if (choice !== undefined) {
    const shown = optionsOf().includes(choice) ? `--${choice}` : choice.toUpperCase();
    return `${shown} takes ${choices?.replaceAll('"', '').replace(/, ([^,]*)$/, ' or $1')}, not ${given}`;
  }
  const needy = /^Not enough arguments following: ([\w-]+)$/.exec(message)?.[1];
  if (needy !== undefined) return `${needy.length === 1 ? '-' : '--'}${needy} needs a value`;
  if (message.startsWith('Not enough non-option arguments')) {
    return `${command} needs ${MISSING[command] ?? 'more words'}. See livedesk-sync ${command} --help.`;
  }
  return message;
}
