"""The runtime: feeds, gate, store, delivery, Telegram's updates, the command line."""
