"""Tests of bot/master."""
