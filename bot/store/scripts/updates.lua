#!lua
-- Store raw updates and raise the offset in one step, so that Telegram is told "have them" only afterwards.
-- Safe to call again: an update below the offset is stored already.
-- KEYS: {bot}:updates stream, {bot}:offset
-- ARGV: life of the offset in ms, then update id and raw JSON in turn, ids ascending
-- Answers the offset to ask for next.
local offset = tonumber(redis.call('GET', KEYS[2]) or '0')
for i = 2, #ARGV, 2 do
  local id = tonumber(ARGV[i])
  if id >= offset then
    redis.call('XADD', KEYS[1], '*', 'r', ARGV[i + 1])
    offset = id + 1
  end
end
if #ARGV > 1 then
  redis.call('SET', KEYS[2], string.format('%d', offset), 'PX', ARGV[1])
end
return string.format('%d', offset)
