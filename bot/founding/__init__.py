"""The founding day, 26 November 2025, as a world to run."""
