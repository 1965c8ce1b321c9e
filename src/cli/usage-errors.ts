import { didYouMean } from '../core/did-you-mean.ts';

/** Names under which people look for a way to give credentials on the command line. */
const CREDENTIAL = /key|secret|token|password|auth|user/i;

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
  return needy === undefined ? message : `--${needy} needs a value`;
}
