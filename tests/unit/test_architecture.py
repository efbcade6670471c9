"""What docs/architecture.md says is so: its paths and symbols exist, its tree has every package, its picture
is drawn of its text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs import draw

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")
TREE = PAGE.split("## The tree")[1].split("```")[1]


@cache
def _symbols(path: Path) -> frozenset[str]:
    """What a module defines at its top, and the members of its classes as `Class.member`."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {node.name, *(f"{node.name}.{name}" for inner in node.body for name in _named(inner))}
        found |= set(_named(node))
    return frozenset(found)


def _named(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _missing(text: str) -> list[str]:
    """Paths and `path::symbol` in backticks that are not there."""
    lost = []
    for said in re.findall(r"`((?:\w+/)[\w./]*|\w+\.(?:py|json|md|txt|yaml))((?:::[\w.]+)?)`", text):
        path, symbol = ROOT / said[0], said[1].removeprefix("::")
        if not path.exists() or (symbol and symbol not in _symbols(path)):
            lost.append("".join(said))
    return lost


def _rows(heading: str) -> list[list[str]]:
    lines = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")
    ][2:]


def test_every_path_and_symbol_that_is_named_exists() -> None:
    """Nothing on the page has moved or been renamed."""
    assert _missing(PAGE) == []


def test_what_is_not_there_would_be_found() -> None:
    """A path, a symbol or a member that does not exist is told, one that exists is not."""
    said = (
        "`infra/nothing.py` `infra/queue.py::nothing` `main.py::worker` "
        "`functions/whatsapp/lane.py::Lanes.release` `functions/whatsapp/lane.py::Lanes.fly`"
    )
    assert _missing(said) == [
        "infra/nothing.py",
        "infra/queue.py::nothing",
        "functions/whatsapp/lane.py::Lanes.fly",
    ]


def test_the_tree_has_every_package_and_no_other() -> None:
    """Each folder with modules in functions/ and infra/ has its line, and what has a line is there."""
    told = {
        line.split()[0].rstrip("/")
        for line in TREE.strip().splitlines()
        if re.match(r" {0,4}[\w/.]+/? {2,}\S", line)
    }
    packages = {
        path.parent.relative_to(ROOT).as_posix()
        for folder in ("functions", "infra")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert packages - told == set()
    assert [path for path in sorted(told) if not (ROOT / path).exists()] == []


def test_each_word_is_told_once_in_order_with_its_place() -> None:
    """The glossary is sorted, has no word twice, and says for each where it is defined."""
    words = [row[0] for row in _rows("Words")]
    assert words == sorted(set(words), key=str.lower)
    assert {"lane", "send", "number", "generation", "twin", "void", "proven", "entry"} <= set(words)
    assert [row[0] for row in _rows("Words") if not re.fullmatch(r"`\S+\.py(::\S+)?`", row[2])] == []


def test_each_change_has_its_place_and_its_test() -> None:
    """Each row of the table of changes names where to begin and a test that holds it."""
    rows = _rows("Where to change what")
    assert len(rows) >= 10
    assert [
        row[0]
        for row in rows
        if len(row) != 4 or "`tests/" not in row[3] or not ("`" in row[1] or "log line" in row[1])
    ] == []


def test_each_promise_has_its_files_and_its_tests() -> None:
    """All six promises are in their table."""
    rows = _rows("The promises, and what holds them")
    assert [row[0][0] for row in rows] == list("123456")
    assert [row[0] for row in rows if "`" not in row[1] or "`tests/" not in row[2]] == []


def test_the_picture_is_drawn_of_its_text() -> None:
    """way.svg is what `python -m docs.draw` makes of way.txt."""
    assert draw.PICTURE.read_text("utf-8") == draw.picture(draw.TEXT.read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "error"), [("a | b\nwhat is this", ValueError), ("a | b\na -> c: hello", KeyError)]
)
def test_a_line_that_cannot_be_drawn_is_told(text: str, error: type[Exception]) -> None:
    """A form or an actor that nobody knows leaves no gap in the picture."""
    with pytest.raises(error):
        draw.picture(text)
