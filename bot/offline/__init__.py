"""Commands that need no running bot: replay, back-test, forecast, decode, check."""
