"""Reads values from the rows of sheets."""
