#!lua flags=allow-oom
-- One token for one message, or when to come back; one set of buckets for all processes.
-- KEYS: 1 grants of the last second, 2 the chat's bucket, 3 the group's minute, 4 pause, 5 addresses.
-- ARGV: 1 chat, 2 lane (0 replies, 1 alerts).
-- Answers {1 or 0, ms to wait, scope: '' pause chat all, the chat's address now}.
-- A little wider than Telegram's windows: grants are counted here, arrivals there, and the road in between wavers.
local SECOND, MINUTE = 1050000, 60050000
local ALL, RESERVED, GROUP = 30, 3, 20
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local address = redis.call('HGET', KEYS[5], ARGV[1]) or ARGV[1]

local function refuse(us, scope)
  return { 0, math.ceil(us / 1000), scope, address }
end

local function past(text)
  local us = tonumber(text or '')
  -- A grant from the future is from before the server's clock was set back; it counts for nothing.
  return (us and us <= now) and us or nil
end

local pause = tonumber(redis.call('GET', KEYS[4]) or '0')
if pause > now then
  return refuse(pause - now, 'pause')
end
local last = past(redis.call('GET', KEYS[2]))
if last and last + SECOND > now then
  return refuse(last + SECOND - now, 'chat')
end
local is_group = string.sub(address, 1, 1) == '-'
if is_group then
  local oldest = past(redis.call('LINDEX', KEYS[3], GROUP - 1))
  if oldest and oldest + MINUTE > now then
    return refuse(oldest + MINUTE - now, 'chat')
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - SECOND))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
local used = redis.call('ZCARD', KEYS[1])
local room = ALL - (ARGV[2] == '0' and 0 or RESERVED)
if used >= room then
  local first = redis.call('ZRANGE', KEYS[1], used - room, used - room, 'WITHSCORES')
  return refuse(tonumber(first[2]) + SECOND - now, 'all')
end
local stamp = string.format('%.0f', now)
redis.call('ZADD', KEYS[1], stamp, stamp .. ' ' .. ARGV[1])
redis.call('PEXPIRE', KEYS[1], 2000)
redis.call('SET', KEYS[2], stamp, 'PX', 2000)
if is_group then
  redis.call('LPUSH', KEYS[3], stamp)
  redis.call('LTRIM', KEYS[3], 0, GROUP - 1)
  redis.call('PEXPIRE', KEYS[3], 61000)
end
return { 1, 0, '', address }
