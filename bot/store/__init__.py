"""The one door to Redis: keys, scripts, the client with its retry policy, and the embedded server."""
