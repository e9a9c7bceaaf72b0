"""Tests of bot/founding."""
