"""The pure engine: quotes in, events out; no clock, no I/O, no randomness."""
