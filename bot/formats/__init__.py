"""What sources write, read by pure parsers: one module a source's way of writing, and what they share."""
