"""From an event to a phone: fan-out, episodes, rendering, limits, sending."""
