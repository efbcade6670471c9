"""What a run counts, and what was sent and done in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bench.chaos import again, people
from bench.chaos.readers import Window
from bench.chaos.shared import Shared
from bench.chaos.traffic import Message


@dataclass(slots=True)
class Totals:
    """Everything that a run counts; `wrong` are broken promises, in words."""

    messages: int = 0
    out: int = 0
    kills: int = 0
    labels: int = 0
    faults: int = 0
    outages: int = 0
    refusals_asked: int = 0
    crashes_of_files: int = 0
    duplicates_in_window: int = 0
    duplicates: int = 0
    lost: int = 0
    crossed: int = 0
    out_of_order: int = 0
    late_after_pass: int = 0
    retried_failed: int = 0
    refused: int = 0
    again: int = 0
    again_at_most: int = 0
    again_needless: int = 0
    again_causeless: int = 0
    redelivered: int = 0
    second_answers: int = 0
    drained_s: float = 0.0
    readers_killed: Counter[str] = field(default_factory=Counter)
    reader_faults: Counter[str] = field(default_factory=Counter)
    false_statements: Counter[str] = field(default_factory=Counter)
    blind: int = 0
    changes: int = 0
    astray: int = 0
    lost_at_changes: int = 0
    shared: int = 0
    purges: int = 0
    forgotten: int = 0
    releases: int = 0
    corrections: int = 0
    files: int = 0
    seconds: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a phone sent: what was planned and what the simulator kept of it."""

    sender: str
    plan: Message
    wamid: str


@dataclass(slots=True)
class Happened:
    """What was done to the stack, and what people did, beside sending messages."""

    outages: list[again.Outage] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    changes: list[people.Change] = field(default_factory=list)
    purges: list[people.Purge] = field(default_factory=list)
    shared: Shared = field(default_factory=Shared)
