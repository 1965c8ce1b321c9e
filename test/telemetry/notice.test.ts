import { expect, test } from 'vitest';
import { type Notice, noticeBody, noticeFormatFor } from '../../src/telemetry/notice.ts';

const STOPPED: Notice = {
  event: 'failing',
  severity: 'stopped',
  job: 'nightly-crm',
  exit_code: 3,
  code: 'ERR_OUTAGE',
  what: 'exit code 3, the API is down (ERR_OUTAGE); 40 rows read, no bad rows, 12 rows pending; runs/a <b> & c',
  next: { command: 'livedesk-sync run --resume a' },
};

test('plain JSON has the severity, one line of text, and what to do next', () => {
  expect(JSON.parse(JSON.stringify(noticeBody(STOPPED, 'json', { summary: { run_id: 'r' } })))).toEqual({
    event: 'failing',
    severity: 'stopped',
    job: 'nightly-crm',
    text: `livedesk-sync job nightly-crm stopped: ${STOPPED.what}. Next: livedesk-sync run --resume a`,
    exit_code: 3,
    code: 'ERR_OUTAGE',
    next: { command: 'livedesk-sync run --resume a' },
    summary: { run_id: 'r' },
  });
});

test('for Slack it is one section, its signs escaped, the command in a block of its own', () => {
  expect(noticeBody({ ...STOPPED, next: { words: 'look', command: 'livedesk-sync runs' } }, 'slack')).toEqual(
    {
      text: expect.stringMatching(/^livedesk-sync job nightly-crm stopped: .* runs\/a &lt;b&gt; &amp; c$/),
      blocks: [
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: expect.stringMatching(
              /^\*livedesk-sync job nightly-crm stopped\*\nexit code 3, .*&lt;b&gt; &amp; c\nNext: look\n```livedesk-sync runs```$/,
            ),
          },
        },
      ],
    },
  );
});

test('a section of Slack has a bound', () => {
  const body = noticeBody({ ...STOPPED, what: 'x'.repeat(9_000) }, 'slack');
  expect(JSON.stringify(body).match(/"type":"mrkdwn","text":"([^"]*)"/)?.[1]).toHaveLength(3_000 + 1); // `\n` is two signs
});

test.each([
  ['failing', 'bad_rows', 'has bad rows'],
  ['failing', 'could_not_begin', 'could not begin'],
  ['new_bad_rows', 'ok', 'has new bad rows'],
  ['recovered', 'ok', 'has recovered'],
] as const)('%s with %s is "%s"', (event, severity, words) => {
  const body = noticeBody({ event, severity, exit_code: 0, what: 'all' }, 'json');
  expect(body).toMatchObject({ text: `livedesk-sync ${words}: all` });
});

test.each([
  ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
  ['https://hooks.slack.com.example.org/x', 'json'],
  ['http://127.0.0.1:1/hooks.slack.com', 'json'],
])('%s takes %s', (url, format) => {
  expect(noticeFormatFor(new URL(url))).toBe(format);
});
