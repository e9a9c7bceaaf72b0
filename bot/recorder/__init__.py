"""Frames as the engine received them, in compact files: written while the program runs, and read back."""
