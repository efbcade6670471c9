"""How much of reading is written by hand: `python -m bench.patterns` prints the alternatives in patterns and
the scores that somebody chose.

An alternative is a `|` outside of a class of characters in a literal of the extractor's code; a score is a
number with a decimal point in what `+=` or `-=` adds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

EXTRACTOR = Path(__file__).parents[1] / "functions/extractor"


def alternatives(tree: ast.Module) -> int:
    """The alternatives of a module's patterns; prose in docstrings has none."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return sum(
        _bars(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in prose
    )


def _bars(value: object) -> int:
    text = re.sub(r"\[\^?\]?[^\]]*\]", "", re.sub(r"\\.", "", value)) if isinstance(value, str) else ""
    return text.count("|") if re.search(r"\w", text) else 0


def scores(tree: ast.Module) -> int:
    """The numbers of a module that are added to a score or taken from it."""
    sums = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Add, ast.Sub))
    )
    return sum(
        isinstance(part, ast.Constant) and isinstance(part.value, float)
        for value in sums
        for part in ast.walk(value)
    )


def counted() -> Iterator[tuple[str, int, int]]:
    """Each file of the extractor that has some: its path, alternatives, scores."""
    for path in sorted(EXTRACTOR.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bars, numbers = alternatives(tree), scores(tree)
        if bars or numbers:
            yield str(path.relative_to(EXTRACTOR)), bars, numbers


def main() -> None:
    """Prints both counts for each file, and their sums."""
    rows = [*counted()]
    for name, bars, numbers in rows:
        print(f"{name:32} {bars:6} {numbers:6}")
    print(f"{'alternatives, hand-set scores':32} {sum(r[1] for r in rows):6} {sum(r[2] for r in rows):6}")


if __name__ == "__main__":
    main()
