#!lua flags=allow-oom
-- Nothing is sent before now + ARGV[1] ms; a longer pause stays. KEYS: 1 pause. Answers the ms left.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ends = math.max(now + tonumber(ARGV[1]) * 1000, tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.0f', ends), 'PX', math.ceil((ends - now) / 1000) + 1)
return math.ceil((ends - now) / 1000)
