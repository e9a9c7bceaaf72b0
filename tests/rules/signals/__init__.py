"""Tests of single signals, family by family."""
