#!lua flags=allow-oom
-- Note how far the stored updates are handled, and drop what has been behind that mark for longer than kept.
-- KEYS: {bot}:updates stream, {bot}:handled hash
-- ARGV: id of the entry handled last, ms to keep
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local mark = redis.call('HMGET', KEYS[2], 'mark', 'at', 'id')
if not mark[1] then
  redis.call('HSET', KEYS[2], 'mark', ARGV[1], 'at', ms)
elseif ms - tonumber(mark[2]) >= tonumber(ARGV[2]) then
  -- Everything up to the old mark was handled at least that long ago.
  redis.call('XTRIM', KEYS[1], 'MINID', '=', mark[1])
  redis.call('HSET', KEYS[2], 'mark', mark[3] or ARGV[1], 'at', ms)
end
redis.call('HSET', KEYS[2], 'id', ARGV[1])
return 1
