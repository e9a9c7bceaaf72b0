#!lua
-- One instrument's bars and what is known of them, in one write.
-- KEYS: 1 the instrument's years, 2 the partition's index, 3 its instruments that no source answered for. ARGV: 1 symbol,
--       2 its line in the index, then year and bytes in turn. Answers the line.
if #ARGV > 2 then
  redis.call('HSET', KEYS[1], unpack(ARGV, 3))
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[1])
return ARGV[2]
