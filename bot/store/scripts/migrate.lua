#!lua
-- A chat moved to another Telegram id: the new id means the old key, and messages go to the new id.
-- KEYS: 1 chats, 2 addresses. ARGV: 1 chat, 2 new Telegram id. Answers 'done'.
redis.call('HSET', KEYS[1], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 'done'
