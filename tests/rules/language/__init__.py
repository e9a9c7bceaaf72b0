"""Tests of rules/language."""
