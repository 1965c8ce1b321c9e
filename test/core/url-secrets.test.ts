import { expect, test } from 'vitest';
import { RunError } from '../../src/core/errors.ts';
import { withoutUrlSecrets } from '../../src/core/url-secrets.ts';

test.each([
  ['no URL', 'a?b@c: x://', 'a?b@c: x://'],
  ['nothing secret', 'see https://h.example:8080/a@b/x.csv.', 'see https://h.example:8080/a@b/x.csv.'],
  ['user and password', 'sftp://u:hidden@h.example/x.csv', 'sftp://h.example/x.csv'],
  ['a user', 'https://hidden@h.example', 'https://h.example'],
  ['a query', 'az://h.example/x?sig=hidden', 'az://h.example/x?...'],
  ['a fragment', 'https://h.example/x#hidden', 'https://h.example/x#...'],
  ['a password with marks of a URL', 'ftp://u:hid/d?e#n@h.example/x.csv', 'ftp://h.example/x.csv'],
  ['a password with an @', 'ftp://u:hid@den@h.example/x.csv', 'ftp://h.example/x.csv'],
  ['a password that begins with digits', 'ftp://u:123hidden/@h.example', 'ftp://h.example'],
  ['a URL that was made a path', '/home/ops/sftp:/u:hidden@h.example/x', '/home/ops/sftp:/h.example/x'],
  ['several', '"s3://u:p@a?q" and "s3://u:p@b?q"', '"s3://a?..." and "s3://b?..."'],
])('%s', (_what, text, shown) => {
  expect(withoutUrlSecrets(text)).toBe(shown);
});

test('no message of an error tells the secrets of a URL', () => {
  expect(new RunError('ERR_X', 'sftp://u:hidden@h/x?hidden cannot be opened').message).toBe(
    'sftp://h/x?... cannot be opened',
  );
});
