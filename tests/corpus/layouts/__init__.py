"""Every layout by name, in two halves: `seen` may be looked at while readers are tuned, `held` never."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

from tests.corpus.cases import Case
from tests.corpus.layouts.parts import Drawn

HALVES = ("seen", "held")


@dataclass(frozen=True)
class Layout:
    """A billing system: what its documents say (`fill`) and what they look like (`draw`)."""

    half: str
    fill: Callable[[Random], Case]
    draw: Callable[[Case], Drawn]


def _load(half: str) -> dict[str, Layout]:
    names = sorted(path.stem for path in (Path(__file__).parent / half).glob("*.py"))
    modules = {name: import_module(f"tests.corpus.layouts.{half}.{name}") for name in names}
    return {name: Layout(half, module.fill, module.draw) for name, module in modules.items()}


LAYOUTS: dict[str, Layout] = {**_load("seen"), **_load("held")}
