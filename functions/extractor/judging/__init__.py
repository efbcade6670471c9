"""Judges the values that were read: merges them, checks and proves them, and gives a verdict."""
