"""What is counted as written by hand."""

import ast

from bench.patterns import alternatives, scores


def test_alternatives_and_scores_are_counted_where_they_are_written() -> None:
    """A bar in a pattern counts, one in prose, in a class of characters or among mere signs does not; what a
    score is given counts, a product's factor elsewhere not.
    """
    tree = ast.parse(
        '"""a | b"""\nP = r"A|B[|]|C\\|D"\ns = 0\ns += 2.5 * len(P)\ns -= 1.0\nt = 3.5 * s\nP.strip(" |:-")\n'
    )
    assert (alternatives(tree), scores(tree)) == (2, 2)
