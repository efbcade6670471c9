"""Lays boxes out as straight rows, and tells apart the papers of one picture."""
