"""Whole programs killed, starved and restarted."""
