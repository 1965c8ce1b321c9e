import { done, type Expectations, refused, stopped } from '../expected.ts';

/** Environments with bad credentials. */
export const CREDENTIALS: Expectations = {
  'basic-header-as-key.env': refused(
    'ERR_CREDENTIALS',
    'LIVEDESK_API_KEY holds white space between other characters: give the key alone, on one line',
  ),
  'credentials-in-base-url.env': refused(
    'ERR_BASE_URL',
    '--base-url must not hold credentials; set LIVEDESK_API_KEY and LIVEDESK_API_SECRET',
  ),
  'key-and-key-file.env': refused(
    'ERR_CREDENTIALS',
    'both LIVEDESK_API_KEY and LIVEDESK_API_KEY_FILE are set; keep one',
  ),
  'key-and-secret-in-one.env': refused(
    'ERR_CREDENTIALS',
    'LIVEDESK_API_KEY must not contain a colon: is it "key:secret" in one?',
  ),
  'key-file-empty.env': refused('ERR_CREDENTIALS', 'the file of LIVEDESK_API_KEY_FILE is empty'),
  'key-file-is-a-directory.env': refused(
    'ERR_CREDENTIALS',
    'LIVEDESK_API_KEY_FILE must be the path of a file: the path it gives is a directory (EISDIR)',
  ),
  'key-file-not-there.env': refused(
    'ERR_CREDENTIALS',
    'LIVEDESK_API_KEY_FILE must be the path of a file: there is no file at the path it gives (ENOENT)',
  ),
  'key-file-of-two-lines.env': refused(
    'ERR_CREDENTIALS',
    'the file of LIVEDESK_API_KEY_FILE holds white space between other characters: give the key alone, on one line',
  ),
  'key-in-full-width-letters.env': stopped(
    'ERR_UNAUTHORIZED',
    'the API refuses the credentials (401): check LIVEDESK_API_KEY and LIVEDESK_API_SECRET',
  ),
  'key-missing.env': refused(
    'ERR_CREDENTIALS_MISSING',
    'LIVEDESK_API_KEY is not set. Set LIVEDESK_API_KEY and … and LIVEDESK_API_SECRET_FILE to files that hold them.',
  ),
  'key-of-white-space.env': refused(
    'ERR_CREDENTIALS_MISSING',
    'LIVEDESK_API_KEY is not set. Set LIVEDESK_API_KEY and … and LIVEDESK_API_SECRET_FILE to files that hold them.',
  ),
  'line-break-after-key.env': done(['line 2: updated', 'line 3: updated']),
  'nothing-set.env': refused(
    'ERR_CREDENTIALS_MISSING',
    'no API key is set. Set LIVEDESK_API_KEY and LIVEDESK_API_SECRET (from … and LIVEDESK_API_SECRET_FILE to files that hold them.',
  ),
  'secret-given-as-file-name.env': refused(
    'ERR_CREDENTIALS',
    'LIVEDESK_API_SECRET_FILE must be the path of a file: there is no file at the path it gives (ENOENT)',
  ),
  'secret-missing.env': refused(
    'ERR_CREDENTIALS_MISSING',
    'LIVEDESK_API_SECRET is not set. Set LIVEDESK_API_KEY and … and LIVEDESK_API_SECRET_FILE to files that hold them.',
  ),
  'wrong-key.env': stopped(
    'ERR_UNAUTHORIZED',
    'the API refuses the credentials (401): check LIVEDESK_API_KEY and LIVEDESK_API_SECRET',
  ),
  'wrong-secret.env': stopped(
    'ERR_UNAUTHORIZED',
    'the API refuses the credentials (401): check LIVEDESK_API_KEY and LIVEDESK_API_SECRET',
  ),
};
