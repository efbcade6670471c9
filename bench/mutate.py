"""How many changed comparisons the tests notice: `python -m bench.mutate [--only PATH] [--each N]` (`make
mutate`).

Every comparison of the modules below is turned round (`<` to `<=`, `==` to `!=`, `in` to `not in`, `and` to
`or`), one at a time. The unit tests that concern a module are collected and run once, which tells which of
them come by which line; each change is then tried in a fork of that process, over the tests that come by it,
the quickest first, until one fails. What no unit test notices is tried over the contract tests of the module,
in a copy of the repository. A change that no test notices is printed with its place; the last lines have the
share that was noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[1]
_LANE = ("tests/unit/test_drafts.py", "tests/unit/test_refusals.py", "tests/unit/test_lane.py")
_JUDGED = (
    "tests/unit/test_arithmetic.py",
    "tests/unit/test_checks.py",
    "tests/unit/test_merge.py",
    "tests/unit/test_paper.py",
    "tests/unit/test_proof.py",
    "tests/unit/test_extractor_absurd.py",
    "tests/unit/test_second_opinion.py",
    "tests/unit/test_hearing.py",
    "tests/unit/test_extractor_merge.py",
    "tests/unit/test_extractor_traps.py",
)
_CASES = ("tests/unit/test_second_opinion.py", "tests/unit/test_hearing.py", "tests/unit/test_case_table.py")
UNIT = {
    **{f"functions/whatsapp/{name}.py": _LANE for name in ("lane", "drafts", "refusals", "ledger")},
    "infra/records.py": (),
    "functions/extractor/case.py": _CASES,
    "functions/extractor/asking.py": _CASES,
    **{
        f"functions/extractor/judging/{name}.py": _JUDGED
        for name in ("arithmetic", "checks", "lists", "merge", "proof", "verdict")
    },
    "functions/extractor/judging/paper.py": (*_JUDGED, *_CASES, "tests/unit/test_many_invoices.py"),
}
"""The modules that promises rest on, each with the unit tests that concern it."""
CONTRACT = {
    **{
        f"functions/whatsapp/{name}.py": ("tests/contract/test_lane.py",)
        for name in ("lane", "drafts", "refusals")
    },
    "functions/whatsapp/ledger.py": ("tests/contract/test_ledger.py",),
    "infra/records.py": ("tests/contract/test_records.py", "tests/contract/test_worker.py"),
}
"""Tests that need Postgres, for what no unit test notices."""
SAME = {
    ("functions/whatsapp/lane.py", "(expected >= view.next)"): "to skip to the next number moves nothing",
    ("functions/whatsapp/drafts.py", "(one.seq >= last)"): "no number is between the last one and itself",
    ("functions/extractor/judging/checks.py", "(net <= gross)"): "of equal ones True was said already",
    ("functions/extractor/judging/checks.py", "(q * price > amount > 0)"): "what is equal multiplies",
    (
        "functions/extractor/judging/proof.py",
        "({'supplier_ruc', 'series', 'date', 'items'} < {c.name for c in checks if c.ok})",
    ): "where all else holds the currency's check does too",
    ("functions/extractor/judging/paper.py", "(len(good) <= len(papers))"): "to judge all anew moves nothing",
}
"""Changes after which a module does what it did before, and why: no test can notice them."""
_SLOWER = 5
"""How many times as long as without a change tests may take, and ten seconds, before a change has made a loop
endless, which is noticed.
"""
OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One comparison, from `line` to `last`, written otherwise; `text` is the whole module with it."""

    module: str
    line: int
    last: int
    into: str
    text: bytes


def changes(module: str) -> Iterator[Change]:
    """Every comparison and every `and` or `or` of a module, turned round."""
    text = (ROOT / module).read_bytes()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Compare | ast.BoolOp):
            continue
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        turned = ast.parse(ast.unparse(node), mode="eval").body
        if isinstance(turned, ast.Compare):
            turned.ops[0] = OTHER[type(turned.ops[0])]()
        elif isinstance(turned, ast.BoolOp):
            turned.op = ast.Or() if isinstance(turned.op, ast.And) else ast.And()
        into = f"({ast.unparse(turned)})"
        before, after = at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)
        yield Change(module, node.lineno, node.end_lineno, into, text[:before] + into.encode() + text[after:])


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield (each.co_qualname, each.co_firstlineno), each
            yield from _codes(each)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The functions of a module and of its classes, properties too."""
    todo = list(vars(module).values())
    while todo:
        each = todo.pop()
        if isinstance(each, property):
            todo.append(each.fget)
        elif isinstance(each, staticmethod | classmethod):
            todo.append(each.__func__)
        elif isinstance(each, type) and each.__module__ == module.__name__:
            todo += vars(each).values()
        elif isinstance(each, FunctionType) and each.__module__ == module.__name__:
            yield each
        elif (wrapped := getattr(each, "__wrapped__", None)) is not None:
            todo.append(wrapped)


def apply(change: Change) -> None:
    """Gives the functions of the imported module the code of the changed text."""
    module = sys.modules[change.module.removesuffix(".py").replace("/", ".")]
    assert module.__file__ is not None
    codes = dict(_codes(compile(change.text, module.__file__, "exec", dont_inherit=True)))
    for function in _functions(module):
        code = codes.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if code is not None:
            function.__code__ = code


@dataclass
class Forks:
    """A plugin of pytest that runs what was collected once, and then each change in a fork."""

    changes: Sequence[Change]
    unnoticed: list[Change] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of the run of pytest."""
        passes: dict[str, set[tuple[str, int]]] = {}
        took: dict[str, float] = {}
        of = {str(ROOT / each.module): each.module for each in self.changes}

        for item in session.items:
            seen = passes[item.nodeid] = set()

            def lines(frame: FrameType, event: str, _: Any, seen: set[tuple[str, int]] = seen) -> Any:
                seen.add((of[frame.f_code.co_filename], frame.f_lineno))
                return lines

            def calls(frame: FrameType, event: str, _: Any, lines: Any = lines) -> Any:
                return lines if frame.f_code.co_filename in of else None

            since = time.monotonic()
            threading.settrace(calls)
            sys.settrace(calls)
            failed = _fails([item])
            sys.settrace(None)
            threading.settrace(None)
            took[item.nodeid] = time.monotonic() - since
            assert not failed, f"{item.nodeid} fails without a change"
        quickest = sorted(session.items, key=lambda item: took[item.nodeid])
        assert not _forked(None, quickest, 600), "a test fails in a fork without a change"
        for change in self.changes:
            places = {(change.module, line) for line in range(change.line, change.last + 1)}
            coming_by = [item for item in quickest if passes[item.nodeid] & places]
            deadline_s = 10 + _SLOWER * sum(took[item.nodeid] for item in coming_by)
            if not _forked(change, coming_by, round(deadline_s)):
                self.unnoticed.append(change)
                print(f"no unit test notices {change.module}:{change.line} {change.into}", flush=True)
        return True


def _fails(items: Sequence[pytest.Item]) -> bool:
    """Whether a test fails; those after the first that does are not run."""
    following = [*items[1:], None]
    return any(
        report.failed
        for item, after in zip(items, following, strict=False)
        for report in runtestprotocol(item, log=False, nextitem=after)
    )


def _forked(change: Change | None, items: Sequence[pytest.Item], deadline_s: int) -> bool:
    """Whether one of the tests fails with the change, in a process of its own."""
    if not items:
        return False
    child = os.fork()
    if child == 0:
        came_to = 2
        try:
            signal.alarm(deadline_s)
            if change is not None:
                apply(change)
            came_to = int(_fails(items))
        finally:
            os._exit(came_to)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended != 2, f"the change could not be tried: {change}"
    return ended != 0


def unnoticed_by_units(every: Sequence[Change]) -> list[Change]:
    """Those of the changes that no unit test notices."""
    files = sorted({file for change in every for file in UNIT[change.module]})
    if not files:
        return list(every)
    forks = Forks(every)
    command = ["-q", "-p", "no:cacheprovider", "--no-header", "--no-summary", *files]
    assert pytest.main(command, plugins=[forks]) in (0, 5)
    return forks.unnoticed


def noticed(change: Change, copy: Path) -> bool:
    """Whether a contract test fails over the changed module."""
    if change.module not in CONTRACT:
        return False
    path = copy / change.module
    whole = path.read_bytes()
    path.write_bytes(change.text)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    try:
        tried = subprocess.run(
            [*command, *CONTRACT[change.module]], cwd=copy, capture_output=True, check=False, timeout=300
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_bytes(whole)
    return tried.returncode != 0


def unnoticed_by_contracts(every: Sequence[Change]) -> list[Change]:
    """Those of the changes that no contract test notices either."""
    with tempfile.TemporaryDirectory(prefix="cuadra-mutate-") as folder:
        copy = Path(folder) / "cuadra"
        copy.mkdir(mode=0o755)
        Path(folder).chmod(0o711)  # as root our children run as nobody, who must get in
        for name in ("functions", "infra", "tests", "bench", "main.py", "pyproject.toml"):
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
        return [change for change in every if not noticed(change, copy)]


def main() -> None:
    """Prints what no test notices, and the share of what was noticed, by module and in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=1000, help="changes of each module, drawn at random")
    parser.add_argument("--only", default="", help="modules whose path has this")
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    os.environ.pop("CUADRA_LONG", None)
    found = {
        module: [one for one in changes(module) if (module, one.into) not in SAME]
        for module in UNIT
        if asked.only in module
    }
    drawn = {module: draw.sample(every, min(asked.each, len(every))) for module, every in found.items()}
    left: list[Change] = []
    for files in dict.fromkeys(UNIT[module] for module in drawn):
        left += unnoticed_by_units([one for m, every in drawn.items() if UNIT[m] == files for one in every])
    left = unnoticed_by_contracts(left)
    for change in sorted(left, key=lambda one: (one.module, one.line)):
        print(f"not noticed: {change.module}:{change.line} {change.into}")
    for module, every in drawn.items():
        missed = sum(change.module == module for change in left)
        share = 1 - missed / max(1, len(every))
        print(f"{module}: {len(every) - missed} of {len(every)} noticed ({share:.0%})")
    of = sum(map(len, drawn.values()))
    print(f"noticed {of - len(left)} of {of}: {1 - len(left) / of:.0%}")


if __name__ == "__main__":
    main()
