"""Boxes to straight rows, and the papers of one picture told apart."""
