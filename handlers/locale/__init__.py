"""The two message catalogues: the same keys with the same fields."""
