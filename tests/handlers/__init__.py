"""Tests of the commands: plain values in, a reply out, nothing mocked."""
