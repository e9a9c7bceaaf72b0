"""Tests of the payload formats that feeds read."""
