#!lua
-- What a chat waited for has come, or will not: its entry moves on and a row says so, in one call.
-- KEYS: 1 awaited, 2 queue of replies, 3 due replies, 4 the row. ARGV: 1 chat, 2 its entry as it was read, 3 the entry
--       as it is from now on, '' where nothing is left, 4 the row's id, 5 its JSON or '', 6 its lifetime in ms,
--       7 partition. Answers 'done'; 'moved' where the entry is another by now: then nothing was changed.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 'moved'
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
if ARGV[5] ~= '' then
  local time = redis.call('TIME')
  local ms = string.format('%d', math.floor((time[1] * 1000000 + time[2]) / 1000))
  redis.call('HSET', KEYS[4], 'reply', ARGV[5], 'version', 1, 'sent', 0, 'state', 'pending', 'touched', ms)
  redis.call('PEXPIRE', KEYS[4], ARGV[6])
  redis.call('ZADD', KEYS[2], ms, ARGV[4])
  redis.call('ZADD', KEYS[3], 'LT', ms, ARGV[1])
  redis.call('PUBLISH', 'due', ARGV[7])
end
return 'done'
