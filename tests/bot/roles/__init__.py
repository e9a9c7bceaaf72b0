"""Tests of bot/roles."""
