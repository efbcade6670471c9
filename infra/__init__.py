"""The outside world, one file a service. Implements the ports that `functions` declares."""
