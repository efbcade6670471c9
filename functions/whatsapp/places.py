"""Decides who may read now, in one instance: the threads of the tasks that bring a file, and the places in
which files are read.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

WAIT_S = 1.5
"""Seconds that a task waits for a place before it goes back to the queue: less than two with its steps before
and after.
"""
_FIRST_S, _MOST_S = 0.5, 30.0
_LEAST_EACH_S, _EACH_S = 0.1, 0.5
"""Seconds by which each lower number that waits puts a task off: what the last readings took, between these,
since a place that waits for its next file is idle, and a task that comes too soon waits beside it.
"""
_LAST = 0.2
"""The weight of the last reading in what a reading takes."""
_FORGOTTEN_S = 10.0
"""Seconds after which a task that did not come back when it was due is taken to run on another instance."""


@dataclass(slots=True)
class Places:
    """`readings` files are read at once, by an instance of `threads` threads. Thread-safe; times in seconds.

    A sender has at most all places but one (where there is one, that one), and its tasks hold at most all
    threads but two; the tasks of all senders that bring a file hold at most all threads but one. So a sender
    of many files leaves a place and a thread to the next sender, and a thread to what needs no reading.
    """

    readings: int
    threads: int
    clock: Callable[[], float] = time.monotonic
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _inside: Counter[UUID] = field(default_factory=Counter)
    _reading: Counter[UUID] = field(default_factory=Counter)
    _waiting: dict[UUID, list[int]] = field(default_factory=dict)
    _away: dict[UUID, dict[int, float]] = field(default_factory=dict)
    _takes_s: float = _EACH_S

    @contextmanager
    def thread(self, sender: UUID) -> Iterator[bool]:
        """Hold this thread for a file of `sender`; False, at once, when the sender or all of them hold
        enough.
        """
        with self._changed:
            had = self._inside[sender] < max(1, self.threads - 2) and self._inside.total() < max(
                1, self.threads - 1
            )
            self._inside[sender] += had
        try:
            yield had
        finally:
            with self._changed:
                _less(self._inside, sender, had)

    @contextmanager
    def place(self, sender: UUID, number: int, *, wait_s: float = WAIT_S) -> Iterator[bool]:
        """Hold a place to read the sender's file of this number; False when none is free for `wait_s`. Of a
        sender's tasks that wait, the lowest goes first.
        """
        with self._changed:
            waiting = self._waiting.setdefault(sender, [])
            waiting.append(number)
            had = self._changed.wait_for(
                lambda: number == min(waiting) and self._free(sender), timeout=wait_s
            )
            waiting.remove(number)
            if not waiting:
                del self._waiting[sender]
            self._reading[sender] += had
            self._away.get(sender, {}).pop(number, None)
            self._changed.notify_all()  # the next number may be its sender's lowest now
            began = self.clock()
        try:
            yield had
        finally:
            with self._changed:
                if had:
                    self._takes_s += _LAST * (self.clock() - began - self._takes_s)
                _less(self._reading, sender, had)
                self._changed.notify_all()

    def back_in(self, sender: UUID, number: int, turn: int) -> float:
        """Return in how many seconds the task is to come again, after `turn` times of finding no place: the
        fewer of its sender's lower numbers wait, the sooner.

        Each of these adds what a reading takes, half a second at most, so that a burst is read in order and
        without a pause. Each turn adds more, so that hundreds of waiting files do not fill the queue's
        hundred dispatches a second.
        """
        with self._changed:
            now = self.clock()
            self._away = {
                who: kept
                for who, tasks in self._away.items()
                if (kept := {n: due for n, due in tasks.items() if due + _FORGOTTEN_S > now})
            }
            tasks = self._away.setdefault(sender, {})
            before = sum(other < number for other in tasks)
            each = min(max(self._takes_s, _LEAST_EACH_S), _EACH_S)
            delay = min((_FIRST_S + each * before) * (1 + turn / 5), _MOST_S)
            tasks[number] = now + delay
            return delay

    def _free(self, sender: UUID) -> bool:
        return self._reading.total() < self.readings and self._reading[sender] < max(1, self.readings - 1)


def _less(held: Counter[UUID], sender: UUID, had: bool) -> None:  # noqa: FBT001 - what `thread` and `place` say of it
    held[sender] -= had
    if not held[sender]:
        del held[sender]
