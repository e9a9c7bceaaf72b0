"""Tests of bot/offline."""
