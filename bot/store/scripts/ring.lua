#!lua
-- Rings of one instrument partition, compared and set: ring n is written only over ring n-1, a later state of a
-- ring only over an earlier one; the event goes to the stream in the same call. Called again it adds nothing.
-- KEYS: 1 {i:NN}:epoch, 2 {i:NN}:rings, 3 {i:NN}:seen, 4 {i:NN}:events, 5 {i:NN}:writes, 6 {i:NN}:notices
-- ARGV: 1 epoch, 2 NN, 3 'again' where the store was rolled back (then a gap below n is no hindrance) or '', then
--   e condition n state time session first delay event     a state of a ring
--   a condition n                                          re-armed
--   s condition                                            evaluated for the first time
--   i condition                                            nobody listens any more
--   j condition                                            a rule joined: append its ring's event again
--   n condition day delay event                            an ex-date moved its level: told once a day of that kind
-- Answers {writes, a word for each operation}: written | same | 'gap n state' | 'ahead n state'.
local held = tonumber(redis.call('HGET', KEYS[1], 'n')) or 0
local mine = tonumber(ARGV[1])
if held > mine then
  return redis.error_reply('FENCED a newer engine (epoch ' .. held .. ', ours ' .. mine .. ') took partition ' .. ARGV[2])
end
if held < mine then -- the store was rolled back to before this engine's start
  redis.call('HSET', KEYS[1], 'n', mine)
end

local RANK = { fired = 1, provisional = 1, confirmed = 2, withdrawn = 2, armed = 3, idle = 4 }
local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local wrote, appended = false, false

-- A row: 'n state written time session event', event empty once it is over.
local function read(condition)
  local text = redis.call('HGET', KEYS[2], condition)
  if not text then
    return nil
  end
  local n, state, written, at, session, event = string.match(text, '^(%d+) (%a+) (%d+) (%S+) (%S+) (.*)$')
  return { n = tonumber(n), state = state, written = written, time = at, session = session, event = event }
end

local function save(condition, row)
  local text = table.concat({ string.format('%d', row.n), row.state, row.written, row.time, row.session, row.event }, ' ')
  redis.call('HSET', KEYS[2], condition, text)
  wrote = true
end

local function append(event, ...)
  redis.call('XADD', KEYS[4], '*', 'e', event, ...)
  wrote, appended = true, true
end

-- nil where (n, state) may be written over the row, else the answer.
local function objection(row, n, state)
  local stored = row and row.n or 0
  if stored > n then
    return 'ahead ' .. stored .. ' ' .. row.state
  end
  if stored == n then
    return RANK[row.state] >= RANK[state] and 'same' or nil
  end
  if stored < n - 1 and ARGV[3] ~= 'again' then
    return 'gap ' .. stored .. ' ' .. (row and row.state or 'none')
  end
  return nil
end

local operations = {}

function operations.e(at)
  local condition, n, state, first = ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3], ARGV[at + 6]
  local row = read(condition)
  local word = objection(row, n, state)
  if word then
    return word
  end
  local written = row and row.n == n and row.written or now
  save(condition, { n = n, state = state, written = written, time = ARGV[at + 4], session = ARGV[at + 5], event = ARGV[at + 8] })
  if first == '1' then
    append(ARGV[at + 8], 't', now, 'd', ARGV[at + 7], 'f', '1')
  else
    append(ARGV[at + 8], 't', now, 'd', ARGV[at + 7])
  end
  return 'written'
end

function operations.a(at)
  local condition, n = ARGV[at + 1], tonumber(ARGV[at + 2])
  local row = read(condition)
  if not row or row.n < n then
    return 'gap ' .. (row and row.n or 0) .. ' ' .. (row and row.state or 'none')
  end
  local word = objection(row, n, 'armed')
  if not word then
    row.state, row.event = 'armed', ''
    save(condition, row)
  end
  return word or 'written'
end

function operations.s(at)
  if redis.call('SADD', KEYS[3], ARGV[at + 1]) == 0 then
    return 'same'
  end
  wrote = true
  return 'written'
end

function operations.i(at)
  local row = read(ARGV[at + 1])
  if row and row.state ~= 'idle' then
    row.state, row.event = 'idle', ''
    save(ARGV[at + 1], row)
  end
  wrote = redis.call('SREM', KEYS[3], ARGV[at + 1]) == 1 or wrote
  redis.call('HDEL', KEYS[6], ARGV[at + 1])
  return 'written'
end

function operations.n(at)
  local condition, day = ARGV[at + 1], ARGV[at + 2]
  local told = redis.call('HGET', KEYS[6], condition)
  if told and told >= day then
    return 'same'
  end
  redis.call('HSET', KEYS[6], condition, day)
  append(ARGV[at + 4], 't', now, 'd', ARGV[at + 3], 'x', day)
  return 'written'
end

function operations.j(at)
  local row = read(ARGV[at + 1])
  if not row or (row.state ~= 'fired' and row.state ~= 'provisional') then
    return 'same'
  end
  append(row.event, 't', row.written, 'd', '0', 'j', '1')
  return 'written'
end

local LENGTH = { e = 9, a = 3, s = 2, i = 2, j = 2, n = 5 }
local words, at = {}, 4
while at <= #ARGV do
  words[#words + 1] = operations[ARGV[at]](at)
  at = at + LENGTH[ARGV[at]]
end
if appended then
  redis.call('PUBLISH', 'rings', ARGV[2])
end
local writes = wrote and redis.call('INCR', KEYS[5]) or tonumber(redis.call('GET', KEYS[5])) or 0
return { writes, words }
