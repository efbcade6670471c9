"""How many changed comparisons the tests notice: `python -m bench.mutate [--seed N] [--each N]` (`make
mutate`).

Of each module below `--each` comparisons are drawn; one after the other is turned round (`<` to `<=`, `==` to
`!=`, `in` to `not in`, `and` to `or`) in a copy of the repository, where the tests that concern the module
are run. A change that no test notices is printed with its place; the last line has the share that was
noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = {
    "functions/whatsapp/lane.py": "tests/unit/test_lane.py tests/contract/test_lane.py",
    "functions/whatsapp/ledger.py": (
        "tests/unit/test_lane.py tests/contract/test_lane.py tests/contract/test_records.py"
    ),
    "infra/records.py": "tests/contract/test_records.py tests/contract/test_worker.py",
    "functions/extractor/case.py": (
        "tests/unit/test_case_table.py tests/unit/test_hearing.py tests/unit/test_second_opinion.py"
    ),
    **{
        f"functions/extractor/judging/{name}.py": "tests/unit/test_extractor_merge.py "
        "tests/unit/test_hearing.py tests/unit/test_second_opinion.py"
        " tests/unit/test_extractor_traps.py tests/unit/test_extractor_absurd.py "
        "tests/unit/test_case_table.py"
        for name in ("arithmetic", "checks", "lists", "merge", "paper", "proof", "verdict")
    },
}
"""The modules that promises rest on, each with the tests that concern it, the quickest first."""
OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in",
    ast.NotIn: "not in", ast.Is: "is",
    ast.IsNot: "is not",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One comparison written otherwise: the bytes `start` to `end` of a module become `into`."""

    module: str
    line: int
    start: int
    end: int
    into: str


def changes(module: str) -> Iterator[Change]:
    """Every comparison and every `and` or `or` of a module, turned round."""
    text = (ROOT / module).read_text("utf-8")
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
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
        span = at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)
        yield Change(module, node.lineno, *span, f"({ast.unparse(turned)})")


def noticed(change: Change, copy: Path) -> bool:
    """Whether a test fails over the changed module."""
    path = copy / change.module
    whole = path.read_bytes()
    path.write_bytes(whole[: change.start] + change.into.encode() + whole[change.end :])
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        *TESTS[change.module].split(),
    ]
    try:
        return (
            subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=300).returncode != 0
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_bytes(whole)


def main() -> None:
    """Prints what no test notices, and the share of what was noticed, by module and in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=6, help="changes of each module")
    parser.add_argument("--only", default="", help="modules whose path has this")
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    seen = of = 0
    os.environ.pop("CUADRA_LONG", None)
    with tempfile.TemporaryDirectory(prefix="cuadra-mutate-") as folder:
        copy = Path(folder) / "cuadra"
        copy.mkdir(mode=0o755)
        Path(folder).chmod(0o711)  # as root our children run as nobody, who must get in
        for name in ("functions", "infra", "tests", "bench", "main.py", "pyproject.toml"):
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
        for module in TESTS:
            if asked.only not in module:
                continue
            every = list(changes(module))
            drawn = draw.sample(every, min(asked.each, len(every)))
            found = [noticed(change, copy) for change in drawn]
            for change, saw in zip(drawn, found, strict=True):
                if not saw:
                    print(f"not noticed: {module}:{change.line} {change.into}", flush=True)
            print(f"{module}: {sum(found)} of {len(found)} noticed ({len(every)} comparisons)", flush=True)
            seen, of = seen + sum(found), of + len(found)
    print(f"noticed {seen} of {of}: {seen / of:.0%}")


if __name__ == "__main__":
    main()
