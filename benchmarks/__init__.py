"""Every claim of speed or memory, as something you can run."""
