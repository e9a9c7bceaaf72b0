#!lua
-- One event to some listeners of a chat partition: claim, alert, episode row and due in one step.
-- KEYS: 1 listeners of the condition, 2 conditions, 3 changes, 4 due alerts; then five a listener: chat, claims,
--       queue of alerts, the row of this event, the row its claim names (or the same again).
-- ARGV: 1 JSON of the event and the listeners, 2 partition, 3 ms to gather in, 4 lifetime of rows in ms,
--       5 lifetime of change lines in ms.
-- Answers one word a listener: claimed, moved, told (a later state), mine, taken, older, unheard, deaf, deleted,
-- again (its claim names another row than was read).
local event = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local due = string.format('%d', ms + tonumber(ARGV[3]))
local opens = event.state == 'fired' or event.state == 'provisional'

-- Last of all: a script that fails halfway is not undone, and a claim without its alert would be silence.
local function store(claims, one, claim)
  redis.call('HSET', claims, one.rule, cjson.encode(claim))
end

-- Put the alert's present JSON under its key and raise the row's version; a row that is gone stays gone.
local function write(keys, one, claim, row, is_new)
  if is_new then
    redis.call('HSETNX', row, 'head', one.head)
    redis.call('HSETNX', row, 'sent', 0)
    redis.call('HSETNX', row, 'state', 'pending')
  elseif redis.call('HEXISTS', row, 'a:' .. claim.k) == 0 then
    return
  end
  local version = redis.call('HINCRBY', row, 'version', 1)
  redis.call('HSETNX', row, 'o:' .. claim.k, version)
  redis.call('HSET', row, 'a:' .. claim.k, one.alert, 'touched', string.format('%d', ms))
  redis.call('PEXPIRE', row, ARGV[4])
  redis.call('ZADD', keys.queue, 'LT', due, claim.r)
  redis.call('ZADD', KEYS[4], 'LT', due, one.chat)
end

-- A deleted rule's last alert has come to its end: now its listener goes too.
local function forget(keys, one)
  redis.call('HDEL', KEYS[1], one.rule)
  redis.call('HDEL', keys.claims, one.rule)
  local text = redis.call('HGET', KEYS[2], event.condition)
  if not text then
    return
  end
  local entry = cjson.decode(text)
  entry.count = entry.count - 1
  if entry.count > 0 then
    redis.call('HSET', KEYS[2], event.condition, cjson.encode(entry))
  else
    redis.call('HDEL', KEYS[2], event.condition)
  end
  redis.call('XADD', KEYS[3], 'MINID', '~', string.format('%d', ms - tonumber(ARGV[5])), '*', 'c', event.condition,
    'n', entry.count, 's', entry.symbol, 't', entry.text, 'r', one.rule, 'start', one.start, 'at',
    string.format('%d', ms), 'created', one.created)
  redis.call('PUBLISH', 'changes', ARGV[2])
end

-- Whether the window of the last claim still holds: once, the session's day, or N of exchange time.
local function holds(one, claim)
  if one.mode == 'every' then
    return event.time < tonumber(claim.u)
  end
  return event.session <= claim.w
end

local function verdict(one, claim)
  if not claim then
    return opens and 'claimed' or 'unheard'
  end
  if event.ring < claim.n then
    return 'older'
  end
  if event.ring == claim.n then
    return (not opens and claim.s == 'provisional') and 'told' or 'mine'
  end
  if not opens then
    return 'unheard'
  end
  local is_back = claim.s == 'withdrawn' or claim.s == 'provisional'
  if holds(one, claim) then
    return is_back and 'moved' or 'taken'
  end
  return (one.mode == 'once' and not is_back) and 'taken' or 'claimed'
end

-- What an ex-date did to a level claims for (rule, ex-date): the alert in its row is the claim.
local function notice(one, keys, listener)
  local key = one.rule .. ':' .. event.notice
  if one.skip ~= '' or cjson.decode(listener).gone then
    return one.skip ~= '' and one.skip or 'deleted'
  end
  if redis.call('HEXISTS', keys.row, 'a:' .. key) == 1 then
    return 'mine'
  end
  if redis.call('HGET', keys.chat, 'active') == '0' then
    return 'deaf'
  end
  write(keys, one, { k = key, r = one.row }, keys.row, true)
  return 'claimed'
end

local function handle(one, keys)
  local listener = redis.call('HGET', KEYS[1], one.rule)
  if not listener then
    return 'deleted'
  end
  if event.notice ~= '' then
    return notice(one, keys, listener)
  end
  local text = redis.call('HGET', keys.claims, one.rule)
  local claim = text and cjson.decode(text) or nil
  if (claim and claim.r or '') ~= one.claimed then
    return 'again'
  end
  local word = verdict(one, claim)
  local is_gone = cjson.decode(listener).gone ~= nil
  if (word == 'claimed' or word == 'moved') and (one.skip ~= '' or is_gone) then
    return one.skip ~= '' and one.skip or 'deleted'
  end
  if word == 'claimed' and redis.call('HGET', keys.chat, 'active') == '0' then
    return 'deaf'
  end
  if word == 'claimed' then
    claim = { n = event.ring, s = event.state, w = event.session, u = one.until_ms, k = one.rule .. ':' .. event.ring, r = one.row }
    write(keys, one, claim, keys.row, true)
    store(keys.claims, one, claim)
  elseif word == 'moved' or word == 'told' then
    claim.n, claim.s = event.ring, event.state
    if word == 'moved' and redis.call('HGET', keys.claimed, 'h:' .. claim.k) == 'x' then
      redis.call('HDEL', keys.claimed, 'h:' .. claim.k)  -- dropped while the chat was away; this ring is news
    end
    write(keys, one, claim, keys.claimed, false)
    store(keys.claims, one, claim)
  end
  if word == 'told' and is_gone then
    forget(keys, one)
  end
  return word
end

local words, is_due = {}, false
for index, one in ipairs(event.listeners) do
  local at = 4 + (index - 1) * 5
  local keys = { chat = KEYS[at + 1], claims = KEYS[at + 2], queue = KEYS[at + 3], row = KEYS[at + 4], claimed = KEYS[at + 5] }
  words[index] = handle(one, keys)
  is_due = is_due or words[index] == 'claimed' or words[index] == 'moved' or words[index] == 'told'
end
if is_due then
  redis.call('PUBLISH', 'due', ARGV[2])
end
return words
