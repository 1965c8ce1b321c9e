import { RunError } from '../core/errors.ts';

/** An error as a program reads it: options by the names that they have in code. Commands to type stay as they are. */
export function inLibraryWords(error: RunError): RunError {
  const message = error.message
    .replace(/(?<!livedesk-sync [^;\n]*)--([a-z]+(?:-[a-z]+)*)/g, (_, name: string) => camel(name))
    .replaceAll('LIVEDESK_API_KEY', 'credentials.apiKey')
    .replaceAll('LIVEDESK_API_SECRET', 'credentials.apiSecret')
    .replaceAll('LIVEDESK_REDIS_URL', 'redisUrl')
    .replaceAll('LIVEDESK_NOTIFY_URL', 'notifyUrl');
  const { code, exitCode, cause } = error;
  return message === error.message ? error : new RunError(code, message, { exitCode, cause });
}

/** `max-errors` as `maxErrors`. */
export function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
