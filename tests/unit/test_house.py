"""The house's own rules: who may import whom, what tests say of themselves, and that every exception has its
reason.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
READING = "functions/extractor/reading"


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement, whatever it stands in; no expression, of which there are twenty times as many."""
    left: list[ast.AST] = [tree]
    while left:
        yield (node := left.pop())
        for inside in ("body", "orelse", "finalbody", "handlers", "cases"):
            found = getattr(node, inside, ())
            left += found if isinstance(found, list) else ()


@cache
def _imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in _statements(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _offenders(folder: str, forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _sources(folder)
        for name in _imports(path)
        if name == forbidden or name.startswith(f"{forbidden}.")
    ]


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("functions", "infra"),
        ("functions/extractor", "functions.whatsapp"),
        ("functions", "main"),
        ("infra", "main"),
        ("functions", "tests"),
        ("infra", "tests"),
    ],
)
def test_arrows_run_one_way(folder: str, forbidden: str) -> None:
    """The core never imports the outside world, nor the extractor the channel, nor anything its composition
    or its tests.
    """
    assert _offenders(folder, forbidden) == []


EXTRACTOR = "functions.extractor"
BELOW = {
    "witness": set(),
    "invoice": {"witness"},
    "page": {"invoice"},
    "process": {"invoice", "page"},
    "sandbox": set(),
    "peru": {"invoice"},
    "opening": {"invoice", "page", "process", "sandbox", "peru"},
    "engines": {"invoice", "page", "process", "sandbox", "peru"},
    "sheets": {"invoice", "page", "peru"},
    "reading": {"invoice", "page", "peru", "sheets"},
    "learned": {"invoice", "page", "peru", "sheets", "reading"},
    "judging": {"invoice", "witness", "page", "peru", "sheets", "reading"},
}
"""What each room of the extractor may import beside itself; the engine and its case stand above all."""


def _extractor() -> dict[str, frozenset[str]]:
    """The modules of the extractor, each with those that it imports, wherever in it the import stands."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in _sources("functions/extractor")
    }
    return {name: (_imports(path) & names.keys()) - {name, EXTRACTOR} for name, path in names.items()}


def _room(module: str) -> str:
    return module.removeprefix(f"{EXTRACTOR}.").partition(".")[0]


def test_the_extractors_wings_stand_one_on_the_other() -> None:
    """Facts know no layout, rows no meaning, readers no verdict, and nothing below knows the engine."""
    modules = _extractor()
    assert {_room(module) for module in modules} >= BELOW.keys()
    assert [
        f"{module} imports {name}"
        for module, imported in modules.items()
        for name in sorted(imported)
        if (room := _room(module)) in BELOW and _room(name) not in {room, *BELOW[room]}
    ] == []


def test_no_circle_in_the_extractor() -> None:
    """Its modules have an order in which each imports only those before it, lazy imports included."""
    left = _extractor()
    while free := {module for module, imported in left.items() if not imported & left.keys()}:
        left = {module: imported for module, imported in left.items() if module not in free}
    assert left == {}


def test_no_function_of_the_extractor_is_longer_than_a_screen() -> None:
    """Seventy lines at most, from its name to its end; the readers are not counted."""
    assert [
        f"{path.relative_to(ROOT)}: {node.name} has {length} lines"
        for path in _sources("functions/extractor")
        if path.parent.name != "reading"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > 70
    ] == []


def test_each_room_of_reading_is_one_idea() -> None:
    """No file in which papers are read is over 400 lines."""
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in _sources(READING)}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_production_code_does_not_know_the_local_stack() -> None:
    """Only the choice of the embedded Inbox, and the operators' commands for a stack on this machine, reach
    into infra/local.
    """
    outside = [path for path in _sources("infra", "functions") if "local" not in path.parts]
    reaching = {
        str(path.relative_to(ROOT))
        for path in [*outside, ROOT / "main.py"]
        if any(name.startswith("infra.local") for name in _imports(path))
    }
    assert reaching <= {"infra/inboxes.py", "infra/ops/desk.py", "infra/ops/target.py"}


def _classes(*folders: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class at the head of a module, with the module's path."""
    for path in _sources(*folders):
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef):
                yield str(path.relative_to(ROOT)), node


def test_no_two_classes_have_one_name() -> None:
    """A name in a log, a trace or a talk means one class."""
    places: dict[str, list[str]] = {}
    for place, node in _classes("functions", "infra"):
        places.setdefault(node.name, []).append(place)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_errors_are_one_tree_that_is_drawn() -> None:
    """What the program raises descends from one class, and its drawing shows each public error under its
    parent, with the module that has it; only the stand-ins of one machine speak in others' errors.
    """
    parents = {
        node.name: (ast.unparse(node.bases[0]), place)
        for place, node in _classes("functions", "infra")
        if node.bases
    }

    def descends(name: str) -> bool:
        return name == "CuadraError" or (name in parents and descends(parents[name][0]))

    raised = {name for name, (parent, place) in parents.items() if parent == "Exception"}
    strange = {name for name in raised if not parents[name][1].startswith("infra/local/whatsapp")}
    assert strange == {"CuadraError", "GoogleError"}
    drawn: dict[str, str] = {}
    above = ["CuadraError"]
    head = ast.get_docstring(_tree(ROOT / "functions/errors.py")) or ""
    for line in head.splitlines():
        if (shown := re.match(r"((?:│   )*)[├└]── (\w+)", line)) is not None:
            depth = len(shown[1]) // 4
            above = [*above[: depth + 1], shown[2]]
            drawn[shown[2]] = above[depth]
            module = re.search(r"\((\S+\.py)\)$", line)
            place = parents[shown[2]][1]
            assert place.removeprefix("functions/") == (module[1] if module else "errors.py"), line
    own = {name for name in parents if name != "CuadraError" and not name.startswith("_") and descends(name)}
    assert drawn == {name: parents[name][0] for name in own}


def _too_wide(path: Path) -> Iterator[int]:
    """Numbers of the lines over 110 columns that are no text between triple quotes, hold no check's exception
    with its reason, and could be cut: a text without a blank (an address, a pattern) cannot.
    """
    source = path.read_text("utf-8")
    wide = {n for n, line in enumerate(source.split("\n"), 1) if len(line) > 110}
    lines, begun = source.split("\n"), list[tuple[int, int]]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline) if wide else ():
        (first, column), (last, end) = token.start, token.end
        kind = tokenize.tok_name[token.type]
        if kind == "FSTRING_START":  # from Python 3.12 on its parts are tokens
            begun.append(token.start)
        elif kind in ("STRING", "FSTRING_END"):
            first, column = begun.pop() if kind == "FSTRING_END" else (first, column)
            if first < last:
                wide -= set(range(first, last + 1))
            elif end - column > 80 and " " not in lines[first - 1][column:end]:
                wide.discard(first)
        elif kind == "COMMENT" and re.match(r"# (noqa|type: ignore|pyright: ignore)", token.string):
            wide.discard(first)
    yield from sorted(wide)


def test_code_is_110_columns_wide() -> None:
    """Whoever reads two files side by side sees whole lines."""
    folders = ("functions", "infra", "bench", "tests", "docs")
    paths = [ROOT / "main.py", *_sources(*folders)]
    assert [f"{path.relative_to(ROOT)}:{n}" for path in paths for n in _too_wide(path)] == []


def test_every_test_says_the_behaviour_it_holds() -> None:
    """A test's docstring is one sentence."""
    silent = []
    for path in _sources("tests"):
        for node in _statements(_tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = (ast.get_docstring(node) or "").strip()
                if not said or not said.endswith((".", "?", "!", "”", "»", '"')):
                    silent.append(f"{path.relative_to(ROOT)}::{node.name}")
    assert silent == []


def test_what_is_drawn_has_its_own_generator() -> None:
    """No test asks the process's own random generator, which every other thread moves too."""
    shared = re.compile(r"(?<![\w.])random\.(?!Random\b)\w+\(")
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _sources("tests", "bench")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if shared.search(line)
    ] == []


def test_every_suppressed_check_has_its_reason() -> None:
    """A noqa, a type-ignore or a pyright-ignore stands with the rule's name and a reason, and there are fewer
    than sixty.
    """
    marked = [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in [*_sources("functions", "infra", "tests", "bench"), ROOT / "main.py"]
        if path.name != "test_house.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"# (noqa|type: ignore|pyright: ignore)", line)
    ]
    reasoned = re.compile(
        r"# noqa: [A-Z0-9, ]+ - \S|# (type|pyright): ignore\[[\w-]+(, ?[\w-]+)*\] +[#-] ?\S"
    )
    assert [place for place, line in marked if not reasoned.search(line)] == []
    assert len(marked) < 60
