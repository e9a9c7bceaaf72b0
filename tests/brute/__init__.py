"""An engine without ideas: every definition asked on every quote, to be compared with the real one."""
