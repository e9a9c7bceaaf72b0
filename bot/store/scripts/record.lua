#!lua flags=allow-oom
-- What became of one attempt; recorded before the row leaves its queue.
-- KEYS: 1 row, 2 queue, 3 due, 4 chat.
-- ARGV: 1 row id, 2 chat, 3 fence, 4 attempt, 5 outcome, 6 JSON of the row's messages or '', 7 JSON of the alerts
--       concerned, 8 version rendered, 9 ms until it is due again or '' where the version is done with, 10 reason.
-- Outcomes: sent; retry (surely not delivered); plain (again without markup); anew (again as a new message); doubt
-- (nobody knows); failed; missing (no such chat: failed, and the third time in a day or more the chat is inactive);
-- blocked (inactive).
-- Answers 'done', or 'already' where the attempt was recorded or taken over.
local row = redis.call('HMGET', KEYS[1], 'state', 'fence', 'attempt', 'step')
if row[1] ~= 'sending' or row[2] ~= ARGV[3] or row[3] ~= ARGV[4] then
  return 'already'
end
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local DAY, MISSES = 86400000, 3
local outcome = ARGV[5]
local states = { sent = 'sent', retry = 'pending', plain = 'pending', anew = 'pending', doubt = 'unknown' }
redis.call('HSET', KEYS[1], 'state', states[outcome] or 'failed')

local function mark(value)
  for _, key in ipairs(cjson.decode(ARGV[7])) do
    if redis.call('HEXISTS', KEYS[1], 'a:' .. key) == 1 then
      redis.call('HSET', KEYS[1], 'h:' .. key, value)
    end
  end
end

if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[1], 'posted', ARGV[6])
end
if outcome == 'sent' then
  mark('1')
  redis.call('HDEL', KEYS[1], 'doubt', 'plain', 'unknown', 'reason')
  redis.call('HDEL', KEYS[4], 'misses', 'missed')
elseif outcome == 'plain' or outcome == 'anew' then
  redis.call('HSET', KEYS[1], outcome, '1')
elseif outcome == 'doubt' then
  redis.call('HINCRBY', KEYS[1], 'unknown', 1)
  if row[4] == 'post' then
    redis.call('HSET', KEYS[1], 'doubt', '1')
  end
elseif outcome ~= 'retry' then
  mark('x')
  redis.call('HSET', KEYS[1], 'reason', ARGV[10])
  redis.call('HDEL', KEYS[1], 'doubt', 'plain', 'unknown')
end
if outcome == 'missing' then
  redis.call('HSETNX', KEYS[4], 'missed', string.format('%d', ms))
  local misses = redis.call('HINCRBY', KEYS[4], 'misses', 1)
  local since = tonumber(redis.call('HGET', KEYS[4], 'missed'))
  outcome = (misses >= MISSES and ms - since >= DAY) and 'blocked' or outcome
end
if outcome == 'blocked' then
  redis.call('HSET', KEYS[4], 'active', '0', 'cancelled', string.format('%d', ms))
end

local due = ms
if ARGV[9] == '' then
  redis.call('HSET', KEYS[1], 'sent', ARGV[8])
else
  due = ms + tonumber(ARGV[9])
end
if tonumber(redis.call('HGET', KEYS[1], 'version')) > tonumber(redis.call('HGET', KEYS[1], 'sent')) then
  redis.call('ZADD', KEYS[2], string.format('%d', due), ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if first[1] then
  redis.call('ZADD', KEYS[3], first[2], ARGV[2])
else
  redis.call('ZREM', KEYS[3], ARGV[2])
end
return 'done'
