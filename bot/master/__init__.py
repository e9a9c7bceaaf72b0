"""What there is to watch: instruments, their names and groups, exchanges' calendars."""
