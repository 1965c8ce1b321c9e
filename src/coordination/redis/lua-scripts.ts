/** Redis' own clock in milliseconds: machines differ, and only one clock can give each worker its turn. */
const NOW = "local time = redis.call('TIME')\nlocal now = time[1] * 1000 + math.floor(time[2] / 1000)\n";

/** A script of Bottleneck, which is told the time by each caller, on Redis' own time. */
export function onRedisTime(lua: string): string {
  return `do\n${NOW}ARGV[1] = now\nend\n${lua}`;
}

/**
 * Says that a worker is there, and learns of the others. KEYS: seen, members, pause. ARGV: own name; own entry as JSON;
 * after how many milliseconds a worker is taken for gone, and its lock. Gives the time, the number of workers, the
 * lowest rate (0: none has one), until when all pause, and the entry of one that must not work beside this one:
 * then this one is not entered.
 */
export const BEAT = `${NOW}
local own, entry = ARGV[1], ARGV[2]
local gone = now - ARGV[3]
local forgotten = now - ARGV[4]
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', forgotten)) do
  redis.call('ZREM', KEYS[1], name)
  redis.call('HDEL', KEYS[2], name)
end
local mine = cjson.decode(entry)
local workers, rate = 1, mine.rate
local seen = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #seen, 2 do
  local text = seen[i] ~= own and redis.call('HGET', KEYS[2], seen[i])
  if text then
    local other = cjson.decode(text)
    local a, b = mine.lock, other.lock
    if a and b then
      local siblings = a.shard and b.shard and a.shard.of == b.shard.of and a.shard.index ~= b.shard.index
      if not siblings then return { now, 0, '0', 0, text } end
    end
    if tonumber(seen[i + 1]) > gone then
      workers = workers + 1
      if other.rate > 0 and (rate == 0 or other.rate < rate) then rate = other.rate end
    end
  end
end
redis.call('ZADD', KEYS[1], now, own)
redis.call('HSET', KEYS[2], own, entry)
for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], 2 * ARGV[4]) end
return { now, workers, tostring(rate), tonumber(redis.call('GET', KEYS[3]) or 0), '' }
`;

/** A worker goes. KEYS: seen, members. ARGV: its name. */
export const LEAVE = `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
`;

/** All pause, which can only be prolonged. KEYS: pause. ARGV: milliseconds from now; channel that tells the others. */
export const PAUSE = `${NOW}
local till = now + math.ceil(ARGV[1])
if till <= tonumber(redis.call('GET', KEYS[1]) or 0) then return end
redis.call('SET', KEYS[1], till, 'PX', math.ceil(ARGV[1]))
redis.call('PUBLISH', ARGV[2], till)
`;
