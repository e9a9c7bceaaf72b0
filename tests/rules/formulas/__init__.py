"""Tests of rules/formulas."""
