#!lua
-- One instrument's minute bars, in one write; what it does not name goes. Said twice it changes nothing more.
-- KEYS: 1 the instrument's months. ARGV: 1 what is known of them, 2 seconds to live, 3 the months that are kept,
--       then month and bytes in turn of those that changed. Answers what is known.
local kept = { known = true }
for month in string.gmatch(ARGV[3], '%S+') do
  kept[month] = true
end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if not kept[field] then
    redis.call('HDEL', KEYS[1], field)
  end
end
redis.call('HSET', KEYS[1], 'known', ARGV[1], unpack(ARGV, 4))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return ARGV[1]
