"""Files that people write: quotes, daily history, rules, groups; a fault has its file, line and column."""
