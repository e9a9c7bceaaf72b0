#!lua
-- The rule-change road: rules, listeners, counts, change lines and the reply's row of one update, once.
-- KEYS: 1 update, 2 chat, 3 rules, 4 watch, 5 claims, 6 conditions, 7 changes, 8 queue of replies, 9 due replies,
--       10 the reply's row; then for every change of a list that list, for every rule added its listeners, for
--       every rule deleted its listeners and the row its claim names (or its listeners again where there is no
--       claim); the listeners of a whole are the partition's index of wholes; for instruments whose bars are
--       waited for the partition's hash of those who wait.
-- ARGV: 1 JSON of the operations, 2 chat, 3 partition, 4 the reply's row id, 5 the reply's JSON or '', 6 lifetime of
--       update marks and replies in ms, 7 lifetime of change lines in ms, 8 'once', or '' where no update stands
--       behind it: then it is done whenever it is called.
-- Answers 'done'; 'already' where this update was handled; 'again' where a claim moved since it was read.
if ARGV[8] ~= '' and redis.call('EXISTS', KEYS[1]) == 1 then
  return 'already'
end
local operations = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local us = time[1] * 1000000 + time[2]
local ms = math.floor(us / 1000)

local function claim_of(rule)
  local text = redis.call('HGET', KEYS[5], rule)
  return text and cjson.decode(text) or nil
end

for _, op in ipairs(operations) do
  if op.op == 'delete' then
    local claim = claim_of(op.rule)
    if redis.call('HEXISTS', KEYS[3], op.rule) == 1 and (claim and claim.r or '') ~= op.row then
      return 'again'
    end
  end
end

local function tell(line)
  redis.call('XADD', KEYS[7], 'MINID', '~', string.format('%d', ms - tonumber(ARGV[7])), '*', unpack(line))
end

local function count(op, by)
  local text = redis.call('HGET', KEYS[6], op.condition)
  local number = (text and cjson.decode(text).count or 0) + by
  if number > 0 then
    local entry = { count = number, symbol = op.symbol, text = op.text }
    redis.call('HSET', KEYS[6], op.condition, cjson.encode(entry))
  else
    redis.call('HDEL', KEYS[6], op.condition)
  end
  local line = { 'c', op.condition, 'n', number, 's', op.symbol, 't', op.text, 'r', op.rule, 'start', op.start }
  for _, value in ipairs({ 'at', string.format('%d', ms), 'created', op.created }) do
    line[#line + 1] = value
  end
  tell(line)
end

local function add(op)
  if redis.call('HEXISTS', KEYS[3], op.rule) == 1 then
    return false
  end
  if op.of ~= '' and redis.call('HEXISTS', KEYS[3], op.of) == 0 then
    return false -- its whole was deleted meanwhile
  end
  redis.call('HSET', KEYS[3], op.rule, op.json)
  if op.whole then
    redis.call('HSET', KEYS[op.listeners], op.rule, op.json)
    return false
  end
  -- A part that comes back while its last alert waits for its end was never taken off the count.
  local waits = redis.call('HEXISTS', KEYS[op.listeners], op.rule)
  redis.call('HSET', KEYS[op.listeners], op.rule, '{"at":' .. string.format('%d', ms) .. ',"rule":' .. op.json .. '}')
  count(op, 1 - waits)
  return true
end

-- A provisional alert that some text shows keeps its listener until it is confirmed or withdrawn.
local function is_awaited(op, claim)
  if not claim or claim.s ~= 'provisional' then
    return false
  end
  local shown, state = unpack(redis.call('HMGET', KEYS[op.claimed], 'h:' .. claim.k, 'state'))
  return shown == '1' or state == 'sending'
end

local function delete(op)
  local json = redis.call('HGET', KEYS[3], op.rule)
  if not json then
    return false
  end
  redis.call('HDEL', KEYS[3], op.rule)
  if op.whole then
    redis.call('HDEL', KEYS[op.listeners], op.rule)
    return false
  end
  if is_awaited(op, claim_of(op.rule)) then
    redis.call('HSET', KEYS[op.listeners], op.rule, '{"at":0,"gone":1,"rule":' .. json .. '}')
    return false
  end
  redis.call('HDEL', KEYS[op.listeners], op.rule)
  redis.call('HDEL', KEYS[5], op.rule)
  count(op, -1)
  return true
end

-- The change of a list is told once, whatever it is, however many symbols come and go with it.
local told = {}
local function list(op, index)
  local moved
  if op.on then
    moved = redis.call('ZADD', KEYS[op.list], 'NX', string.format('%.0f', us + index), op.member)
  else
    moved = redis.call('ZREM', KEYS[op.list], op.member)
  end
  if moved == 1 and not told[op.group] then
    told[op.group] = true
    tell({ 'g', op.group })
  end
  return moved == 1
end

-- Who waits already for an instrument's bars waits on as before.
local function await(op)
  local text = redis.call('HGET', KEYS[op.awaited], ARGV[2])
  local held = text and cjson.decode(text) or {}
  for _, symbol in ipairs(op.symbols) do
    held[symbol] = held[symbol] or { at = ms }
  end
  redis.call('HSET', KEYS[op.awaited], ARGV[2], cjson.encode(held))
end

local changed = false
for index, op in ipairs(operations) do
  if op.op == 'add' then
    changed = add(op) or changed
  elseif op.op == 'delete' then
    changed = delete(op) or changed
  elseif op.op == 'language' then
    redis.call('HSET', KEYS[2], 'language', op.language)
  elseif op.op == 'await' then
    await(op)
  else
    changed = list(op, index) or changed
  end
end
if changed then
  redis.call('PUBLISH', 'changes', ARGV[3])
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[10], 'reply', ARGV[5], 'version', 1, 'sent', 0, 'state', 'pending', 'touched', string.format('%d', ms))
  redis.call('PEXPIRE', KEYS[10], ARGV[6])
  redis.call('ZADD', KEYS[8], string.format('%d', ms), ARGV[4])
  redis.call('ZADD', KEYS[9], 'LT', string.format('%d', ms), ARGV[2])
  redis.call('PUBLISH', 'due', ARGV[3])
end
if ARGV[8] ~= '' then
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[6])
end
return 'done'
