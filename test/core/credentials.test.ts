import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkBaseUrl } from '../../src/core/base-url.ts';
import { accountOf, readCredentials, requireCredentials } from '../../src/core/credentials.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** A file that holds `text`. */
function fileOf(text: string): string {
  const path = join(tempDir(), 'secret');
  writeFileSync(path, text);
  return path;
}

describe('credentials', () => {
  test('come from the environment, without the space around them', () => {
    const env = { LIVEDESK_API_KEY: ' key\n', LIVEDESK_API_SECRET: 'sec:ret ' };
    expect(readCredentials(env)).toEqual({ apiKey: 'key', apiSecret: 'sec:ret' });
  });

  test('or from files', () => {
    const env = { LIVEDESK_API_KEY_FILE: fileOf('key\r\n'), LIVEDESK_API_SECRET_FILE: fileOf('\tsecret\n') };
    expect(readCredentials(env)).toEqual({ apiKey: 'key', apiSecret: 'secret' });
    expect(readCredentials({ ...env, LIVEDESK_API_SECRET_FILE: '', LIVEDESK_API_SECRET: 's' })).toEqual({
      apiKey: 'key',
      apiSecret: 's',
    });
  });

  test.each([[{}], [{ LIVEDESK_API_KEY: '', LIVEDESK_API_SECRET: ' ' }]])('are not there: %j', (env) => {
    expect(readCredentials(env)).toBeUndefined();
    expect(() => requireCredentials(env)).toThrow(
      expect.objectContaining({ code: 'ERR_CREDENTIALS_MISSING', exitCode: 2 }),
    );
  });

  test.each<[what: string, env: () => Record<string, string>, code: string, message: RegExp]>([
    [
      'only the key',
      () => ({ LIVEDESK_API_KEY: 'k' }),
      'ERR_CREDENTIALS_MISSING',
      /^LIVEDESK_API_SECRET is not set/,
    ],
    [
      'only the secret',
      () => ({ LIVEDESK_API_SECRET: 's' }),
      'ERR_CREDENTIALS_MISSING',
      /^LIVEDESK_API_KEY is not set/,
    ],
    [
      'a key twice',
      () => ({ LIVEDESK_API_KEY: 'k', LIVEDESK_API_KEY_FILE: fileOf('k') }),
      'ERR_CREDENTIALS',
      /^both LIVEDESK_API_KEY and LIVEDESK_API_KEY_FILE/,
    ],
    [
      'a file that is not there',
      () => ({ LIVEDESK_API_KEY_FILE: '/nowhere/key' }),
      'ERR_CREDENTIALS',
      /^LIVEDESK_API_KEY_FILE must be the path of a file: there is no file at the path it gives \(ENOENT\)$/,
    ],
    [
      'two lines in a file',
      () => ({ LIVEDESK_API_KEY_FILE: fileOf('key\nsecret\n'), LIVEDESK_API_SECRET: 's' }),
      'ERR_CREDENTIALS',
      /^the file of LIVEDESK_API_KEY_FILE holds white space/,
    ],
    [
      'an empty file',
      () => ({ LIVEDESK_API_KEY: 'k', LIVEDESK_API_SECRET_FILE: fileOf(' \n') }),
      'ERR_CREDENTIALS',
      /^the file of LIVEDESK_API_SECRET_FILE is empty$/,
    ],
    [
      'both in one',
      () => ({ LIVEDESK_API_KEY: 'hush:hidden', LIVEDESK_API_SECRET: 's' }),
      'ERR_CREDENTIALS',
      /must not contain a colon/,
    ],
  ])('%s: exit 2', (_what, env, code, message) => {
    const error = expect.objectContaining({ code, exitCode: 2, message: expect.stringMatching(message) });
    expect(() => readCredentials(env())).toThrow(error);
    expect(() => readCredentials(env())).not.toThrow(/hush|hidden/);
  });
});

describe('base URL', () => {
  test.each([
    ['https://livedesk-api.engagelab.com', 'https://livedesk-api.engagelab.com'],
    ['https://LiveDesk.Example/api//', 'https://livedesk.example/api'],
    ['https://livedesk.example:8443/', 'https://livedesk.example:8443'],
    ['https://livedesk.example:443', 'https://livedesk.example'],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://127.1', 'http://127.0.0.1'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('%s', (given, url) => {
    expect(checkBaseUrl(given)).toBe(url);
  });

  test.each([
    ['plain http', 'http://livedesk.example', /must begin with https: .* not http:\/\/livedesk.example$/],
    ['a name that begins like loopback', 'http://localhost.evil.example', /must begin with https/],
    ['an address in a name', 'http://127.0.0.1.evil.example', /must begin with https/],
    ['another network', 'http://10.0.0.1', /must begin with https/],
    ['another scheme', 'ftp://livedesk.example', /must begin with https/],
    ['a user and password', 'https://hush:hidden@livedesk.example', /must not hold credentials/],
    ['a password alone', 'https://:hidden@livedesk.example', /must not hold credentials/],
    ['a user', 'https://hush@livedesk.example', /must not hold credentials/],
    ['a user on loopback', 'http://hush@127.0.0.1', /must not hold credentials/],
    ['a query', 'https://livedesk.example/?token=hidden', /no "\?" and no "#"/],
    ['a fragment', 'https://livedesk.example/#x', /no "\?" and no "#"/],
    ['no scheme', 'livedesk.example', /is not a URL/],
    ['nothing', '', /is not a URL/],
  ])('%s is refused, and no secret repeated', (_what, given, message) => {
    expect(() => checkBaseUrl(given)).toThrow(
      expect.objectContaining({ code: 'ERR_BASE_URL', exitCode: 2, message: expect.stringMatching(message) }),
    );
    expect(() => checkBaseUrl(given)).not.toThrow(/hush|hidden/);
  });
});

test('an account is named by base URL and key, and does not tell the key', () => {
  const account = accountOf('https://livedesk-api.engagelab.com', 'key');
  expect(account).toBe('84b46a3deed5141d');
  expect(accountOf('https://livedesk-api.engagelab.com', 'key2')).not.toBe(account);
  expect(accountOf('http://localhost:3000', 'key')).not.toBe(account);
});
