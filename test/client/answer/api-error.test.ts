import { expect, test } from 'vitest';
import { parseApiError, parseBody } from '../../../src/client/answer/api-error.ts';

test.each<[body: string, parsed: object]>([
  ['{"error":"Invalid Access Token"}', { text: 'Invalid Access Token' }],
  ['{"errors":["Sign in.","Or up."]}', { text: 'Sign in., Or up.' }],
  ['{"errors":[{"message":"Sign in."},{},7]}', { text: 'Sign in., 7' }],
  [
    '{"message":"Email taken","attributes":["email","phone_number"]}',
    { text: 'Email taken', attributes: ['email', 'phone_number'] },
  ],
  ['{"message":"x","attributes":["email",{"a":1},3]}', { text: 'x', attributes: ['email'] }],
  ['{"message":"x","attributes":[]}', { text: 'x' }],
  ['{"code":5001,"message":"Bad"}', { code: '5001', text: 'Bad' }],
  ['{"code":"E1","message":""}', { code: 'E1' }],
  ['{"error":{"code":21003,"message":"Nested"}}', { code: '21003', text: 'Nested' }],
  ['{"error":{"message":"Nested"},"code":7}', { code: '7', text: 'Nested' }],
  ['{"status":400,"error":"Bad Request"}', { text: 'Bad Request' }],
  ['{}', {}],
  ['', {}],
  ['  Retry later\n', { text: 'Retry later' }],
  ['"quoted"', { text: '"quoted"' }],
  ['null', { text: 'null' }],
  ['{"error":', { text: '{"error":' }],
])('%s', (body, parsed) => {
  const parsedBody = parseBody(body);
  const json = parsedBody.kind === 'json' ? parsedBody.value : undefined;
  expect(parseApiError(418, body, json)).toEqual({ status: 418, ...parsed });
});

test.each([
  ['<!DOCTYPE html><html><head><TITLE lang="en"> 502 Bad Gateway </TITLE>', '502 Bad Gateway'],
  ['\uFEFF<html><body>x</body></html>', 'an HTML page without a title'],
  ['<!-- proxy --><title>Blocked</title>', 'Blocked'],
  ['<h1>Blocked</h1>', 'an HTML page without a title'],
  ['<?xml version="1.0"?><html><title>Gone</title></html>', 'Gone'],
])('of HTML the title: %s', (body, text) => {
  expect(parseApiError(502, body, undefined)).toEqual({ status: 502, text, isHtml: true });
});
