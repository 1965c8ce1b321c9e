import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isLoopback } from './base-url.ts';
import { codeOf, RunError } from './errors.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The API key and secret from `LIVEDESK_API_KEY` and `LIVEDESK_API_SECRET`, or from the files that
 * `LIVEDESK_API_KEY_FILE` and `LIVEDESK_API_SECRET_FILE` name. White space around them is removed: a trailing
 * newline would break the login silently (livedesk-api.md trap 38). Undefined where neither is set.
 */
export function readCredentials(env: Env): Credentials | undefined {
  const apiKey = readSecret(env, 'LIVEDESK_API_KEY');
  const apiSecret = readSecret(env, 'LIVEDESK_API_SECRET');
  if (apiKey === undefined && apiSecret === undefined) return undefined;
  if (apiKey === undefined || apiSecret === undefined) {
    throw new RunError(
      'ERR_CREDENTIALS_MISSING',
      `${apiKey === undefined ? 'LIVEDESK_API_KEY' : 'LIVEDESK_API_SECRET'} is not set. ${HOW_TO}`,
    );
  }
  if (apiKey.includes(':')) {
    throw new RunError(
      'ERR_CREDENTIALS',
      'LIVEDESK_API_KEY must not contain a colon: is it "key:secret" in one?',
    );
  }
  return { apiKey, apiSecret };
}

/** A secret from the variable `name`, or from the file that `name_FILE` names; undefined where neither is set. */
export function readSecret(env: Env, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  const direct = env[name]?.trim();
  if (direct && file)
    throw new RunError('ERR_CREDENTIALS', `both ${name} and ${name}_FILE are set; keep one`);
  const secret = file ? readSecretFile(file, `${name}_FILE`) : direct || undefined;
  if (secret !== undefined && /\s/.test(secret)) {
    throw new RunError(
      'ERR_CREDENTIALS',
      `${file ? `the file of ${name}_FILE` : name} holds white space between other characters: give the ${WHAT[name] ?? 'secret'} alone, on one line`,
    );
  }
  return secret;
}

/** As {@link readCredentials}, for work that cannot do without. Throws `ERR_CREDENTIALS_MISSING`. */
export function requireCredentials(env: Env): Credentials {
  const credentials = readCredentials(env);
  if (!credentials) throw credentialsMissing();
  return credentials;
}

/** The error for a run that needs credentials and has none. */
function credentialsMissing(): RunError {
  return new RunError('ERR_CREDENTIALS_MISSING', `no API key is set. ${HOW_TO}`);
}

/**
 * A URL that may hold a secret, from the variable `name` or from the file that `name` with `_FILE` names; never from
 * the command line, which shows in the process list. `https:`, or `http:` to a loopback host. Undefined where neither
 * is set; no message shows it.
 */
export function readSecretUrl(env: Env, name: string): URL | undefined {
  const text = readSecret(env, name);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) return url;
  throw new RunError(
    'ERR_USAGE',
    `${name} must be a URL that begins with https: (plain http: is for loopback hosts only)`,
  );
}

/** Names an account without telling its key: the first 16 hex digits of SHA-256(base URL, newline, API key). */
export function accountOf(baseUrl: string, apiKey: string): string {
  return createHash('sha256').update(`${baseUrl}\n${apiKey}`).digest('hex').slice(0, 16);
}

// --- internal ---

const HOW_TO =
  'Set LIVEDESK_API_KEY and LIVEDESK_API_SECRET (from LiveDesk: Project Settings, API Management), ' +
  'or LIVEDESK_API_KEY_FILE and LIVEDESK_API_SECRET_FILE to files that hold them.';

const WHAT: Readonly<Record<string, string>> = {
  LIVEDESK_API_KEY: 'key',
  LIVEDESK_NOTIFY_URL: 'URL',
  LIVEDESK_REDIS_URL: 'URL',
};

/** The messages do not show the path: the secret itself is given there by mistake. */
function readSecretFile(file: string, name: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const code = codeOf(cause);
    const why = FILE_FAULTS[code] ?? 'it cannot be read';
    throw new RunError('ERR_CREDENTIALS', `${name} must be the path of a file: ${why} (${code})`, { cause });
  }
  if (text === '') throw new RunError('ERR_CREDENTIALS', `the file of ${name} is empty`);
  return text;
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file at the path it gives',
  ENOTDIR: 'there is no file at the path it gives',
  EISDIR: 'the path it gives is a directory',
  EACCES: 'this user may not read the file at the path it gives',
};
