"""Tests of the feeds, one file a source."""
