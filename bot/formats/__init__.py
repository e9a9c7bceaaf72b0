"""How sources write their quotes: the messages of those whose feed would not fit into one short file."""
