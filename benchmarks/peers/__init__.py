"""What the benchmarks compare with, and the worlds they all walk."""
