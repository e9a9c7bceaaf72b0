#!lua
-- Raise an instrument partition's epoch for a starting engine; the same owner again is answered the same number.
-- KEYS: {i:NN}:epoch   ARGV: owner's token   -> epoch
local held = redis.call('HMGET', KEYS[1], 'n', 'owner')
if held[2] == ARGV[1] then
  return tonumber(held[1])
end
local raised = (tonumber(held[1]) or 0) + 1
redis.call('HSET', KEYS[1], 'n', raised, 'owner', ARGV[1])
return raised
