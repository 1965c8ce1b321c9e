import { expect, test } from 'vitest';
import { parseRedisUrl } from '../../../src/coordination/redis/redis-url.ts';

test.each([
  ['redis://redis.example', 'redis.example:6379', false],
  ['redis://redis.example:7000/3', 'redis.example:7000', false],
  ['rediss://user:P-UNMISTAKABLE@redis.example:6380/0', 'redis.example:6380', true],
  ['redis://:P-UNMISTAKABLE@[::1]:7000', '[::1]:7000', false],
  ['/run/redis/redis.sock', '/run/redis/redis.sock', false],
])('%s', (text, where, isTls) => {
  expect(parseRedisUrl(text)).toEqual({ url: text, where, isTls });
});

test.each([
  ['P-UNMISTAKABLE', 'is not a URL'],
  ['http://user:P-UNMISTAKABLE@redis.example', 'must begin with redis: or rediss:'],
  ['redis:///P-UNMISTAKABLE', 'names no host'],
  ['redis://:P-UNMISTAKABLE@redis.example?db=1', 'no "?"'],
  ['redis://:P-UNMIST#KABLE@redis.example', 'is not a URL'],
  ['redis://redis.example/0#P-UNMISTAKABLE', 'no "#"'],
  ['redis://redis.example/P-UNMISTAKABLE', 'the database as a number'],
])('%s is refused, and not shown', (text, why) => {
  const refuse = () => parseRedisUrl(text);
  expect(refuse).toThrowError(expect.objectContaining({ code: 'ERR_REDIS_URL', exitCode: 2 }));
  expect(refuse).toThrowError(why);
  expect(refuse).not.toThrowError('P-UNMIST');
});
