"""Three splits of the grammar: what each draws from, and what it owns alone."""

from dataclasses import dataclass
from random import Random
from typing import Generic, Literal, TypeVar, get_args

Split = Literal["tune", "look", "judge"]
SPLITS: tuple[Split, ...] = get_args(Split)
T = TypeVar("T")


@dataclass(frozen=True)
class Owned(Generic[T]):
    """What papers are made of, by who may use it: `core` stands on papers of every split, the rest on one
    split's alone.

    The core is never larger than a split's own part, so that at least half of what a split draws from was
    never met in another.
    """

    core: tuple[T, ...]
    tune: tuple[T, ...]
    look: tuple[T, ...]
    judge: tuple[T, ...]

    def own(self, split: Split) -> tuple[T, ...]:
        """The split's own part."""
        return {"tune": self.tune, "look": self.look, "judge": self.judge}[split]

    def all_of(self, split: Split) -> tuple[T, ...]:
        """Everything that the split draws from."""
        return (*self.core, *self.own(split))

    def pick(self, rng: Random, split: Split) -> T:
        """One of the split's, its own part twice as often as the core."""
        return rng.choice(self.own(split) if rng.random() < 2 / 3 else self.core)


def words(core: str, tune: str, look: str, judge: str) -> Owned[str]:
    """Labels written in a line, parted by `|`."""
    return Owned(*(tuple(part.split("|")) for part in (core, tune, look, judge)))
