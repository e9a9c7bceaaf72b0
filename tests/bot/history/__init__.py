"""Tests of bot/history."""
