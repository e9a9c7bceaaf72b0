#!lua flags=allow-oom
-- Look at a due row, settle it, or take it for one attempt; what may not go out any more is dropped on the way.
-- KEYS: 1 row, 2 queue, 3 due, 4 chat, 5 rules, 6 fence.
-- ARGV: 1 row id, 2 chat, 3 the sender's fence, 4 lease in ms, 5 version planned for or '', 6 post, edit or none.
-- Answers {word, server ms, attempt, fields of the row, fields of the chat}: look (plan from these fields),
-- taken (attempt it), settled, cancelled (the chat is away), busy (another attempt holds it), gone, fenced.
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local fence = tonumber(ARGV[3])

local function leave()
  redis.call('ZREM', KEYS[2], ARGV[1])
  local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', KEYS[3], first[2], ARGV[2])
  else
    redis.call('ZREM', KEYS[3], ARGV[2])
  end
end

local function map(key)
  local flat, out = redis.call('HGETALL', key), {}
  for index = 1, #flat, 2 do
    out[flat[index]] = flat[index + 1]
  end
  return out
end

local function answer(word, attempt)
  return { word, ms, attempt or 0, redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[4]) }
end

if tonumber(redis.call('GET', KEYS[6]) or '0') > fence then
  return answer('fenced')
end
local row, chat = map(KEYS[1]), map(KEYS[4])
if not row.version then
  leave()
  return answer('gone')
end
if row.state == 'sending' then
  if tonumber(row.fence) == fence and tonumber(row.lease) > ms then
    return answer('busy')
  end
  -- Its sender died, or forgot it: an edit is simply repeated, a send may have arrived.
  redis.call('HSET', KEYS[1], 'state', 'pending')
  if row.step == 'post' then
    redis.call('HSET', KEYS[1], 'doubt', '1')
  end
end

local unheard, orphans = {}, 0
for field in pairs(row) do
  local key = string.match(field, '^a:(.*)$')
  if key and not row['h:' .. key] then
    local rule = string.match(key, '^(.*):%d+$')
    if redis.call('HEXISTS', KEYS[5], rule) == 0 then
      redis.call('HDEL', KEYS[1], field, 'o:' .. key)
      orphans = orphans + 1
    else
      unheard[#unheard + 1] = key
    end
  end
end
if chat.active == '0' or tonumber(row.touched) <= tonumber(chat.cancelled or '0') then
  for _, key in ipairs(unheard) do
    redis.call('HSET', KEYS[1], 'h:' .. key, 'x')
  end
  redis.call('HSET', KEYS[1], 'sent', row.version, 'state', 'failed', 'reason', 'blocked')
  leave()
  return answer('cancelled')
end
if ARGV[5] ~= row.version or orphans > 0 or row.state == 'sending' then
  return answer('look')
end
if ARGV[6] == 'none' then
  redis.call('HSET', KEYS[1], 'sent', row.version)
  leave()
  return answer('settled')
end
local attempt = redis.call('HINCRBY', KEYS[1], 'attempt', 1)
local lease = string.format('%d', ms + tonumber(ARGV[4]))
redis.call('HSET', KEYS[1], 'state', 'sending', 'lease', lease, 'fence', ARGV[3], 'step', ARGV[6])
return answer('taken', attempt)
