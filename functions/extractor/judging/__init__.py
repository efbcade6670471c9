"""Values to a verdict."""
