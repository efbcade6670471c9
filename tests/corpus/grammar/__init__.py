"""A grammar of papers: random pages, blocks, labels and tables with their whole truth, in three splits that
share at most half of their parts.

`tune` is for making readers, `look` for looking at, and of `judge` nobody looks at a paper: the bench prints
counts of it.
"""

from tests.corpus.grammar.draw import Composed, compose, draw
from tests.corpus.grammar.owned import SPLITS, Split

__all__ = ["SPLITS", "Composed", "Split", "compose", "draw"]
