"""From a source's socket to a believed quote: connections held and watched, sources compared, the gate."""
