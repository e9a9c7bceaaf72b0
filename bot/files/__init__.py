"""Files that people write (quotes, daily history, rules, groups), faults told by place; and lists kept."""
