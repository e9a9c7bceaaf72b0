"""Whole happy paths, from a quote to a chat: read these first."""
