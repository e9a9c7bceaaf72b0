"""Stand-ins for the outside world: real sockets that misbehave on demand."""
