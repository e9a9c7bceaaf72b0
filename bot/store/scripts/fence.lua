#!lua
-- A sender takes a partition over: older senders are refused from now on. KEYS: 1 fence. Answers its number.
-- Called again after a lost reply it only counts one higher.
return redis.call('INCR', KEYS[1])
