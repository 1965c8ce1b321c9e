import { describe, expect, test } from 'vitest';
import { type Asked, classify } from '../../../src/client/answer/classify.ts';
import type { Answer } from '../../../src/client/http/reply.ts';

const ASKED: Asked = { contactId: 318763, fields: ['email', 'custom_attributes.vip_level'] };
const NOW = Date.UTC(2026, 10, 22, 2, 0, 0);
const HTML = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>318763</body></html>';

function answer(status: number, body: unknown = '', headers: Answer['headers'] = {}): Answer {
  return { kind: 'answer', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** A verdict as one word, with what matters of it. */
function verdictOf(reply: Answer, asked: Asked = ASKED): string {
  const verdict = classify(reply, asked, NOW);
  switch (verdict.kind) {
    case 'rejected':
      return `rejected ${verdict.code}`;
    case 'transient':
      return `transient ${verdict.code}${verdict.outage ? ', an outage' : ''}`;
    case 'throttled':
      return verdict.waitMs === undefined ? 'throttled' : `throttled ${verdict.waitMs}`;
    case 'not_livedesk':
      return `not livedesk: ${verdict.what}`;
    default:
      return verdict.kind;
  }
}

describe('2xx', () => {
  test.each<[what: string, body: unknown, verdict: string, status?: number]>([
    ['the contact', { payload: { id: 318763 } }, 'applied'],
    ['the contact, id as text', { payload: { id: '318763' } }, 'applied'],
    ['the contact, 201', { payload: { id: 318763 } }, 'applied', 201],
    ['nothing, 204', '', 'applied', 204],
    ['another contact', { payload: { id: 5 } }, 'not livedesk: another contact than asked for'],
    [
      'an id that only looks alike',
      { payload: { id: [318763] } },
      'not livedesk: another contact than asked for',
    ],
    ['a contact without an id', { payload: {} }, 'not livedesk: another contact than asked for'],
    ['a list', { meta: {}, payload: [{ id: 318763 }] }, 'not livedesk: JSON without a contact'],
    ['a payload that is null', { payload: null }, 'not livedesk: JSON without a contact'],
    ['JSON that is no object', '[318763]', 'not livedesk: something that is not JSON'],
    ['a bare contact', { id: 318763 }, 'not livedesk: JSON without a contact'],
    ['code 0 and no contact', { code: 0, message: 'ok' }, 'not livedesk: JSON without a contact'],
    ['a vendor rate limit', { code: 23008, message: 'Too many' }, 'throttled'],
    ['a nested vendor rate limit', { error: { code: 23008, message: 'Too many' } }, 'throttled'],
    ['a vendor rate limit as text', { code: '3004' }, 'throttled'],
    ['a vendor login error', { code: 100101, message: 'auth' }, 'unauthorized'],
    ['a vendor permission error', { code: 2004 }, 'forbidden'],
    ['a vendor not found', { code: 100201 }, 'rejected ERR_NOT_FOUND'],
    ['a vendor conflict', { code: 100202 }, 'rejected ERR_CONFLICT'],
    ['a vendor validation', { code: 100301 }, 'rejected ERR_VALIDATION'],
    ['an unknown code', { code: 777, message: 'hm' }, 'transient ERR_TRANSIENT'],
    ['a login page', HTML, 'not livedesk: an HTML page titled "Sign in"'],
    ['nothing', '', 'not livedesk: an empty answer'],
    ['text', 'OK', 'not livedesk: something that is not JSON'],
    ['a contact with 204', { payload: { id: 318763 } }, 'applied', 204],
  ])('%s', (_what, body, verdict, status = 200) => {
    expect(verdictOf(answer(status, body))).toBe(verdict);
  });

  test('carries the contact', () => {
    const verdict = classify(answer(200, { payload: { id: 318763, name: 'Anna' } }), ASKED, NOW);
    expect(verdict).toEqual({ kind: 'applied', status: 200, contact: { id: 318763, name: 'Anna' } });
  });

  test('keeps values of the row out of what it tells of a page', () => {
    const page = '<html><title>Anna Müller, anna@example.com</title>';
    const asked: Asked = { ...ASKED, values: () => [['name', 'Anna Müller']] };
    expect(verdictOf(answer(200, page), asked)).toBe('not livedesk: an HTML page');
  });
});

describe('3xx', () => {
  test.each<[location: string | undefined, what: string]>([
    ['https://login.example/in?next=1', 'a redirect (302) to login.example'],
    ['/login', 'a redirect (302) to another path'],
    [undefined, 'a redirect (302)'],
  ])('to %s', (location, what) => {
    expect(verdictOf(answer(302, '', { location }))).toBe(`not livedesk: ${what}`);
  });

  test('not modified', () => {
    expect(verdictOf(answer(304))).toBe('not livedesk: a redirect (304)');
  });
});

describe('4xx', () => {
  test.each<[what: string, status: number, body: unknown, verdict: string]>([
    ['malformed JSON', 400, { status: 400, error: 'Bad Request' }, 'rejected ERR_BAD_REQUEST'],
    ['a rate limit in a 400', 400, { error: { code: 23008, message: 'slow down' } }, 'throttled'],
    ['a per-recipient limit in a 400', 400, { code: 3004, message: 'often' }, 'throttled'],
    ['parameters in a 400', 400, { code: 3002, message: 'bad' }, 'rejected ERR_VALIDATION'],
    ['not found in a 400', 400, { code: 4001, message: 'none' }, 'rejected ERR_NOT_FOUND'],
    ['the status repeated as the code', 400, { code: 400, message: 'bad' }, 'rejected ERR_VALIDATION'],
    ['an unknown code in a 400', 400, { code: 777 }, 'transient ERR_TRANSIENT'],
    ['code 0 in a 400', 400, { code: 0, message: 'bad' }, 'rejected ERR_BAD_REQUEST'],
    ['no login', 401, { errors: ['You need to sign in or sign up before continuing.'] }, 'unauthorized'],
    ['a bad token', 401, { error: 'Invalid Access Token' }, 'unauthorized'],
    ['vendor credentials', 401, { code: 2001, message: 'expired' }, 'unauthorized'],
    ['an empty 401', 401, '', 'unauthorized'],
    ['a block list', 403, 'Forbidden\n', 'forbidden'],
    ['no such contact', 404, { error: 'Resource could not be found' }, 'rejected ERR_NOT_FOUND'],
    ['a method that is not there', 405, '', 'rejected ERR_BAD_REQUEST'],
    ['a proxy that wants a login', 407, '', 'not livedesk: a proxy that asks for a login (407)'],
    ['slow request', 408, '', 'transient ERR_TRANSIENT'],
    ['a conflict', 409, '', 'rejected ERR_CONFLICT'],
    ['gone', 410, '', 'rejected ERR_BAD_REQUEST'],
    ['too large', 413, HTML, 'rejected ERR_BAD_REQUEST'],
    ['slow request, told in HTML', 408, HTML, 'transient ERR_TRANSIENT'],
    ['nothing to be seen, in no words', 404, '', 'rejected ERR_NOT_FOUND'],
    [
      'a path of another server',
      404,
      '404 page not found\n',
      'not livedesk: something that is not JSON (404)',
    ],
    ['a login in words', 401, 'HTTP Basic: Access denied.\n', 'unauthorized'],
    [
      'a field that was sent',
      422,
      { message: 'Email has already been taken', attributes: ['email'] },
      'rejected ERR_VALIDATION',
    ],
    [
      'a sent field among others',
      422,
      { message: 'x', attributes: ['phone_number', 'custom_attributes'] },
      'rejected ERR_VALIDATION',
    ],
    [
      'only a field that was not sent',
      422,
      { message: 'Phone number is invalid', attributes: ['phone_number'] },
      'rejected ERR_STORED_RECORD',
    ],
    ['no attributes', 422, { message: 'Anna is Online, please try again later' }, 'rejected ERR_VALIDATION'],
    ['too early', 425, '', 'transient ERR_TRANSIENT'],
    ['rack-attack', 429, 'Retry later\n', 'throttled'],
    ['an HTML rate limit', 429, HTML, 'throttled'],
  ])('%s (%i)', (_what, status, body, verdict) => {
    expect(verdictOf(answer(status, body))).toBe(verdict);
  });

  test.each<[what: string, headers: Answer['headers'], verdict: string]>([
    ['Retry-After', { 'retry-after': '7' }, 'throttled 7000'],
    ['X-Rate-Limit-Reset', { 'x-rate-limit-reset': '3' }, 'throttled 3000'],
  ])('429 with %s', (_what, headers, verdict) => {
    expect(verdictOf(answer(429, '', headers))).toBe(verdict);
    expect(verdictOf(answer(400, { code: 23008 }, headers))).toBe(verdict);
    expect(verdictOf(answer(200, { code: 23008 }, headers))).toBe(verdict);
  });
});

test.each([400, 401, 403, 404, 405, 409, 410, 418, 422, 451])('an HTML page is not the API: %i', (status) => {
  expect(verdictOf(answer(status, HTML))).toBe(`not livedesk: an HTML page titled "Sign in" (${status})`);
});

test.each([100, 101, 103])('%i is no answer', (status) => {
  expect(verdictOf(answer(status))).toBe(`not livedesk: a switch to another protocol (${status})`);
});

describe('the form of a body', () => {
  const nested = (depth: number): string =>
    `{"payload":{"id":318763,"custom_attributes":{"z":${'['.repeat(depth - 3)}1${']'.repeat(depth - 3)}}}}`;

  test.each<[what: string, body: string, verdict: string]>([
    ['after a byte order mark', '\uFEFF{"payload":{"id":318763}}', 'applied'],
    ['nested as deep as Ruby writes', nested(100), 'applied'],
    ['nested deeper', nested(101), 'not livedesk: JSON that is nested without end'],
    ['nested without end', nested(100_000), 'not livedesk: JSON that is nested without end'],
    ['with brackets in a text', `{"payload":{"id":318763,"name":"${'['.repeat(500)}"}}`, 'applied'],
    ['with quotes in a text', `{"payload":{"id":318763,"name":"\\\\\\"${'{'.repeat(500)}\\\\"}}`, 'applied'],
  ])('%s', (_what, body, verdict) => {
    expect(verdictOf(answer(200, body))).toBe(verdict);
  });

  test.each([
    [200, 'not livedesk: a compressed answer (br), although none was asked for'],
    [404, 'not livedesk: a compressed answer (br), although none was asked for'],
    [429, 'throttled'],
    [502, 'transient ERR_SERVER, an outage'],
  ])('compressed, %i', (status, verdict) => {
    expect(verdictOf(answer(status, '\x0b\x02\x80{}', { 'content-encoding': 'br' }))).toBe(verdict);
  });

  test('said not to be compressed', () => {
    const headers = { 'content-encoding': 'identity' };
    expect(verdictOf(answer(200, { payload: { id: 318763 } }, headers))).toBe('applied');
  });
});

describe('5xx', () => {
  test.each([500, 502, 503, 504, 520, 599])('%i', (status) => {
    expect(verdictOf(answer(status, HTML))).toBe('transient ERR_SERVER, an outage');
  });

  test.each<[headers: Answer['headers'], verdict: string]>([
    [{ 'retry-after': '120' }, 'throttled 120000'],
    [{ 'retry-after': 'Sun, 22 Nov 2026 02:00:05 GMT' }, 'throttled 5000'],
    [{ 'retry-after': '0' }, 'transient ERR_SERVER, an outage'],
    [{ 'retry-after': 'later' }, 'transient ERR_SERVER, an outage'],
    [{ 'x-ratelimit-reset': '30' }, 'transient ERR_SERVER, an outage'],
  ])('503 with %j', (headers, verdict) => {
    expect(verdictOf(answer(503, '', headers))).toBe(verdict);
  });
});

test.each([
  ['ETIMEDOUT', 'ERR_TIMEOUT'],
  ['ECONNRESET', 'ERR_NETWORK'],
  ['ENOTFOUND', 'ERR_NETWORK'],
])('no answer: %s', (code, expected) => {
  expect(classify({ kind: 'fault', code }, ASKED, NOW)).toEqual({
    kind: 'transient',
    code: expected,
    outage: true,
    api: { status: 0, code },
  });
});
