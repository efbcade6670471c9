"""One run: kills under traffic, outages one at a time and in pairs, settling, redelivery, the verdict."""

from __future__ import annotations

import itertools
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, create_engine

from bench.chaos import again, people, readers
from bench.chaos.outages import SERVICES, WAYS, Gemini, Outages
from bench.chaos.readers import Readers
from bench.chaos.release import STEPS, Releases
from bench.chaos.shared import Sharing
from bench.chaos.totals import Happened, Sent, Totals
from bench.chaos.traffic import Message, plans
from bench.chaos.verdict import REFUSED, Verdict
from infra.local import faults
from infra.local.here import free_port
from infra.local.simulator import Simulator
from infra.local.stack import Stack

FASTER = 7.5
"""How much shorter every wait is than in the cloud: a lease of 75 s is one of 10 s here, and everything else
in proportion but reading.
"""
SETTINGS = {
    "LEASE_S": "10", "LANE_LEASE_S": "4", "LANE_GATHER_S": "0.5", "LANE_PATIENCE_S": "24",
    "RECEIPT_WAIT_S": "2.7", "SWEEP_ADMITTED_S": "4", "OCR_DEADLINE_S": "7", "OPENING_S": "4",
    "GEMINI_S": "2.5", "BEGIN_BY_S": "2.5", "WORKER_TIMEOUT_S": "9.8", "GRAPH_S": "1.33",
    "CUADRA_FASTER": str(FASTER), "GEMINI": "key", "GEMINI_API_KEY": "not-a-key", "DAILY_CAP": "100000",
}  # fmt: skip
QUEUE = {"min_backoff": 0.13, "max_backoff": 8.0, "max_doublings": 6, "sweep_every": 8.0, "duplicate": 0.1}
WEATHER = {
    "duplicate": 0.15, "reorder": 1.0, "concurrent": True, "batch": 5, "drop": 0.05, "forget": 0.05,
    "retry": [0.2, 0.5, 1, 2, 4], "timeout": 6.0,
}  # fmt: skip
CALM = {"duplicate": 0, "reorder": 0, "drop": 0, "forget": 0, "batch": 20}
DRAIN_S = 180.0
_OBEYED_S = 5.0
"""How long a label is waited for before the next one is tried."""
_CHANGING, _LEAVING, _OTHERS, _RELEASED = 3, 5, 2, 3
"""Messages of a sender about a change of number, about a purge, beside those of others, and while other
releases come and go.
"""

_TRIGGERS: dict[str, tuple[dict[str, object], ...]] = {
    "outbox.recall": ({"on": "send", "how": "reset"},),
    "outbox.pause": ({"on": "send", "how": "error", "code": 131000, "sent": True},),
    "outbox.failed": ({"on": "send", "how": "error", "code": 130429, "http": 429},),
    "outbox.bury": ({"on": "send", "how": "error", "code": REFUSED, "http": 400},),
    "outbox.status_failed": ({"on": "send", "how": "failed", "code": 131016},),
    "inbox.get": ({"on": "send", "how": "reset", "sent": True},),
    "graph.fetch_media": ({"on": "download", "how": "reset", "count": 2}, {"on": "lookup", "how": "reset"}),
    "media.find": ({"on": "download", "how": "reset", "count": 2},),
    "media.save": ({"on": "download", "how": "corrupt", "count": 2},),
    "records.unclaim": ({"on": "download", "how": "reset", "count": 4},),
}
"""What must go wrong outside for a step to be reached, by the end of its label."""


@dataclass(frozen=True)
class Size:
    """How much of everything: all acts, within eight minutes of two quiet cores. `LONG` is what a day of
    doubt is worth.
    """

    kills: int = 60
    senders: int = 10
    messages: int = 8
    spare: int = 8
    """More messages of each sender, for kills that are still to come when the others were sent."""
    during_outages: int = 4
    outages: bool = True
    each_outage: bool = False
    """Each service in both ways and each two of them together, some for long; else each service once alone
    and once beside another.
    """
    hard: int = 5
    """Messages of each sender, while readers fail."""
    faults: tuple[tuple[str, ...], ...] = (*((one,) for one in readers.FAULTS), *readers.PAIRS)
    """Readers that fail together, one after another."""
    failing_s: tuple[float, float] = (2.0, 4.0)
    rounds: int = 40
    """Turns of the people whom businesses share."""
    changes: int = 8
    purges: int = 3
    releases: bool = True
    redelivered: int = 400
    longest_s: float = 300.0
    """Seconds of the act of kills, after which the others follow."""
    labels: tuple[str, ...] = ()
    """The labels to kill at, all of the functions' when empty."""

    def each(self) -> int:
        """Messages of one sender, the hard ones aside."""
        changing, leaving = (-(-count // self.senders) for count in (self.changes, self.purges))
        people = _CHANGING * changing + _LEAVING * leaving + _OTHERS
        return (
            self.messages
            + self.spare
            + self.during_outages * self.outages
            + people
            + _RELEASED * self.releases
        )


LONG = Size(
    kills=200, senders=20, messages=10, spare=10, each_outage=True, failing_s=(4.0, 8.0), rounds=120,
    changes=20,
    purges=6, redelivered=1000, longest_s=900.0
)  # fmt: skip


class Run:
    """A run on a folder of its own; `say` gets its progress."""

    def __init__(self, seed: int, size: Size, home: Path | None = None, say: object = None) -> None:
        self.seed, self.size, self.totals = seed, size, Totals()
        self._rng = Random(f"run/{seed}")
        self._home = home or Path(tempfile.mkdtemp(prefix="cuadra-chaos-"))
        self._home.chmod(0o711)  # as root Postgres runs as nobody, who must get in
        self._orders = self._home / "faults"
        self._say = say if callable(say) else lambda _: None
        self._lines: dict[str, Iterator[Message]] = {}
        self._hard: dict[str, Iterator[Message]] = {}
        self._sent: list[Sent] = []
        self._happened = Happened()
        self._papers: Iterator[Message] = iter(())

    def play(self) -> Totals:
        """Everything, from an empty folder to the verdict."""
        for name in ("kill", "down"):
            (self._orders / name).mkdir(parents=True, exist_ok=True)
        with self._act("drawing papers"):
            planned, answers, self._papers = plans(
                self.seed, self.size.senders, self.size.each(), self.size.hard
            )
        (self._home / "answers.json").write_text(json.dumps(answers), "utf-8")
        gemini = Gemini(free_port(), self._home / "answers.json", self._home / "gemini.log")
        stack = Stack(
            self._home, settings=SETTINGS | {"CUADRA_FAULTS": str(self._orders), "GEMINI_URL": gemini.url}
        )
        try:
            where = stack.start()
            threading.Thread(target=stack.watch, daemon=True).start()
            simulator = Simulator(where.simulator)
            admin = create_engine(
                where.admin_dsn.replace("postgresql://", "postgresql+pg8000://"), pool_pre_ping=True
            )
            try:
                again.watch(admin, self._home / "inbox.sqlite")
                for index, plan in enumerate(planned):
                    sender = simulator.add_sender(name=f"Persona {index}")["id"]
                    self._lines[sender], self._hard[sender] = iter(plan.messages), iter(plan.hard)
                verdict = Verdict(simulator, admin, stack, float(SETTINGS["LANE_PATIENCE_S"]))
                self._story(
                    stack,
                    simulator,
                    verdict,
                    gemini,
                    Readers(stack, gemini.url, answers, Random(f"readers/{self.seed}")),
                    admin,
                )
            finally:
                admin.dispose()
                simulator.close()
        finally:
            stack.stop()
            gemini.stop()
        return self.totals

    def _story(
        self,
        stack: Stack,
        simulator: Simulator,
        verdict: Verdict,
        gemini: Gemini,
        eyes: Readers,
        admin: Engine,
    ) -> None:
        self._queue(stack, QUEUE)
        simulator.post("/switches", WEATHER)
        size = self.size
        waiting = self._woven(self._lines, size.messages) + self._woven(self._lines, size.spare)
        if size.kills:
            with self._act("kills"):
                self._kills(simulator, waiting)
        self._send(simulator, waiting, size.messages * size.senders - len(self._sent))
        if size.outages:
            with self._act("outages"):
                self._settle(verdict, "after the kills")
                self._outages(
                    Outages(stack, simulator, gemini, self._orders),
                    simulator,
                    self._woven(self._lines, size.during_outages),
                )
        if size.faults:
            with self._act("readers"):
                self._readers(eyes, simulator, self._woven(self._hard, size.hard))
        if size.rounds:
            with self._act("shared"):
                self._shared(simulator, admin)
        with self._act("people"):
            self._people(simulator, admin)
        if size.releases:
            with self._act("releases"):
                self._releases(Releases(stack, self._home), simulator, self._woven(self._lines, _RELEASED))
        simulator.put("/faults", [])
        simulator.post("/switches", CALM)
        with self._act("settling and redelivery"):
            self.totals.drained_s = self._settle(verdict, "after the last fault")
            self._redeliver(simulator, verdict)
        verdict.judge(self._sent, self.totals, self._happened)
        if self.totals.kills < size.kills:
            self.totals.wrong.append(f"only {self.totals.kills} of {size.kills} kills")

    @contextmanager
    def _act(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.totals.seconds[name] += round(time.monotonic() - began)

    def _woven(self, lines: dict[str, Iterator[Message]], each: int) -> list[tuple[str, Message]]:
        """The next `each` messages of everyone in one line, each sender's in the sender's order."""
        line = [sender for sender in lines for _ in range(each)]
        self._rng.shuffle(line)
        return [(sender, next(lines[sender])) for sender in line]

    def _send(self, simulator: Simulator, waiting: list[tuple[str, Message]], count: int) -> None:
        count = max(count, 0)
        for sender, message in waiting[:count]:
            sent = simulator.send(
                sender,
                **self._wording(simulator, sender, message),
                files=[message.file] if message.file else (),
            )
            self._sent.append(Sent(sender, message, sent[0]["wamid"]))
        del waiting[:count]

    def _wording(self, simulator: Simulator, sender: str, message: Message) -> dict[str, Any]:
        """A message's text with what it quotes, or a tap. Nobody taps once people change: what a purged
        tenant was offered gets no answer.
        """
        if message.taps and not (self._happened.changes or self._happened.purges):
            offers = [
                one for one in simulator.conversation(sender) if one["direction"] == "out" and one["offered"]
            ]
            if offers:
                return {"tap": offers[-1]["offered"]["options"][0]["id"], "quoted": offers[-1]["wamid"]}
        quoted = next(
            (one.wamid for one in reversed(self._sent) if one.sender == sender and one.plan is message.about),
            None,
        )
        return {"text": message.text, "quoted": quoted}

    def _send_of(self, simulator: Simulator, sender: str, count: int) -> None:
        self._send(simulator, [(sender, next(self._lines[sender])) for _ in range(count)], count)

    # kills

    def _kills(self, simulator: Simulator, waiting: list[tuple[str, Message]]) -> None:
        """A function dies at each label in turn, again and again, while messages come in."""
        labels = list(self.size.labels) or [*faults.labels("webhook"), *faults.labels("worker")]
        began, every = time.monotonic(), self.size.messages * self.size.senders
        reached: set[str] = set()
        misses: Counter[str] = Counter()
        rounds: dict[str, list[str]] = {function: [] for function in faults.METHODS}
        while self.totals.kills < self.size.kills and time.monotonic() - began < self.size.longest_s:
            wanted: list[str] = []
            for function, line in rounds.items():
                if not line:  # what the traffic does not reach is asked for three times, then no more
                    mine = [label for label in labels if label.startswith(function) and misses[label] < 3]
                    line.extend(self._rng.sample(mine, len(mine)))
                wanted += line[-1:]
                del line[-1:]
            wanted.sort(key=reached.__contains__)
            wanted = wanted[: self.size.kills - self.totals.kills]
            if not wanted:
                return self._reached(labels, reached)
            for label in wanted:
                self._order(simulator, label)
            self._send(
                simulator,
                waiting,
                max(1, round(every * self.totals.kills / self.size.kills) - len(self._sent)),
            )
            until = time.monotonic() + _OBEYED_S
            while any((self._orders / "kill").iterdir()) and time.monotonic() < until:
                time.sleep(0.02)
            for label in wanted:
                try:
                    (self._orders / "kill" / label).unlink()
                    misses[label] += 1
                except FileNotFoundError:
                    misses[label] = 0
                    self.totals.kills += 1
                    reached.add(label)
                    if self.totals.kills % 20 == 0:
                        self._say(f"{self.totals.kills} kills, {len(self._sent)} messages")
        return self._reached(labels, reached)

    def _reached(self, labels: list[str], reached: set[str]) -> None:
        self.totals.labels = len(reached)
        if missed := sorted(set(labels) - reached):
            self._say(f"labels that this run's traffic did not reach: {', '.join(missed)}")

    def _order(self, simulator: Simulator, label: str) -> None:
        """Have the next call that passes the label be its process's last, and make that call happen where it
        is rare.
        """
        (self._orders / "kill" / label).touch()
        function, step = label.rsplit(".", 1)[0].split(".", 1)
        for fault in _TRIGGERS.get(step, ()) if function == "worker" else ():
            simulator.post("/faults", fault)
            self.totals.faults += 1
            self.totals.refusals_asked += fault.get("code") == REFUSED

    # outages

    def _outages(self, outages: Outages, simulator: Simulator, waiting: list[tuple[str, Message]]) -> None:
        every, drawn = self.size.each_outage, self._rng.sample(SERVICES, len(SERVICES))
        together = itertools.combinations(SERVICES, 2) if every else zip(drawn[::2], drawn[1::2], strict=True)
        broken: list[tuple[tuple[str, str], ...]] = [
            ((service, way),)
            for service in SERVICES
            for way in (WAYS if every else self._rng.sample(WAYS, 1))
        ]
        broken += [((a, self._rng.choice(WAYS)), (b, self._rng.choice(WAYS))) for a, b in together]
        self._rng.shuffle(broken)
        each = -(-len(waiting) // len(broken))
        for which in broken:
            seconds = self._rng.choice([5, 5, 5, 5, 6, 6, 7, 8, 10, 30] if every else [5, 6, 7])
            self._say(f"{' and '.join(f'{service} {way}' for service, way in which)} for {seconds} s")
            self._send(simulator, waiting, each // 2)
            start = time.time()
            with ExitStack() as contexts:
                for service, way in which:
                    contexts.enter_context(outages.broken(service, way))
                began = time.monotonic()
                if ("graph", "hang") not in which:
                    self._send(simulator, waiting, each - each // 2)
                time.sleep(max(0.0, seconds - (time.monotonic() - began)))
            self.totals.outages += 1
            self._happened.outages.append(
                again.Outage(tuple(service for service, _ in which), start, time.time())
            )
            time.sleep(self._rng.uniform(1.0, 3.0))
        self._send(simulator, waiting, len(waiting))

    # readers

    def _readers(self, eyes: Readers, simulator: Simulator, waiting: list[tuple[str, Message]]) -> None:
        """Each way in which readers fail, while files come in that need them."""
        faults = self._rng.sample(self.size.faults, len(self.size.faults))
        for place, which in enumerate(faults):
            count = -(-len(waiting) // (len(faults) - place))
            seconds = self._rng.uniform(*self.size.failing_s)
            self._say(f"{' and '.join(which)} for {seconds:.0f} s, {count} messages")
            start = time.time()
            with ExitStack() as contexts:
                for fault in which:
                    contexts.enter_context(eyes.broken(fault))
                for _ in range(count):
                    self._send(simulator, waiting, 1)
                    time.sleep(seconds / (count + 2))
                time.sleep(2 * seconds / (count + 2))
            self._happened.windows.append(readers.Window(which, start, time.time()))
            self.totals.reader_faults.update(which)
        self.totals.readers_killed.update(eyes.kills)

    # people whom businesses share

    def _shared(self, simulator: Simulator, admin: Engine) -> None:
        """A function dies at a step of each kind now and then, while guests and owners write."""
        labels = [*faults.labels("webhook"), *faults.labels("worker")]

        def send(sender: str, message: Message) -> str:
            self._send(simulator, [(sender, message)], 1)
            return self._sent[-1].wamid

        ordered: set[str] = set()

        def kill() -> None:
            label = self._rng.choice([one for one in labels if one not in ordered])
            self._order(simulator, label)
            ordered.add(label)

        act = Sharing(simulator, admin, self._papers, send, Random(f"shared/{self.seed}"))
        self._happened.shared = act.shared
        act.play(self.size.rounds, kill)
        time.sleep(_OBEYED_S)
        missed = list((self._orders / "kill").iterdir())
        self.totals.kills += len(ordered) - len(missed)
        for label in missed:
            label.unlink(missing_ok=True)

    # people

    def _people(self, simulator: Simulator, admin: Engine) -> None:
        """Numbers change and people are forgotten, amid their own messages and the others'."""
        senders, others = list(self._lines), self._woven(self._lines, _OTHERS)
        for place in range(max(self.size.changes, self.size.purges)):
            if place < self.size.changes:
                self._changed(simulator, admin, senders[place % len(senders)], place)
            if place < self.size.purges:
                self._purged(simulator, admin, senders[-1 - place % len(senders)], others)
            self._send(simulator, others, 1)
        self._send(simulator, others, len(others))

    def _changed(self, simulator: Simulator, admin: Engine, sender: str, place: int) -> None:
        """One time in three the user id alone. One time in two nothing is on its way; else an answer may be,
        and the next message may overtake.
        """
        calm = place % 2 == 0
        self._send_of(simulator, sender, 1)
        if calm:
            people.wait_answered(admin, self._sent[-1].wamid)
        else:
            time.sleep(self._rng.uniform(0.0, 2.0))
        self._happened.changes.append(
            people.change(simulator, sender, self._rng, phone=place % 3 != 2, wait=calm)
        )
        self._send_of(simulator, sender, _CHANGING - 1)

    def _purged(
        self, simulator: Simulator, admin: Engine, sender: str, others: list[tuple[str, Message]]
    ) -> None:
        """Three messages are on their way when the purge begins, one comes during it and one after it."""
        tenant, user = people.tenant_of(admin, simulator, sender)
        self._send_of(simulator, sender, _LEAVING - 2)
        time.sleep(self._rng.uniform(0.0, 1.5))
        with ThreadPoolExecutor(1) as operator:
            purging = operator.submit(people.purge, self._home, sender, tenant, user)
            time.sleep(self._rng.uniform(0.0, 2.0))
            self._send_of(simulator, sender, 1)
            self._send(simulator, others, 2)
            gone, told = purging.result()
        self._say(f"purged in {gone.ended - gone.began:.1f} s")
        if "WARNING" in told:
            self.totals.wrong.append(f"purge: {told}")
        self._happened.purges.append(gone)
        self._send_of(simulator, sender, 1)

    # releases

    def _releases(self, releases: Releases, simulator: Simulator, waiting: list[tuple[str, Message]]) -> None:
        """Functions are replaced by others' code and back, one side at a time, while messages come in."""
        for place, (function, build) in enumerate(STEPS):
            count = -(-len(waiting) // (len(STEPS) - place))
            self._send(simulator, waiting, count // 2)
            releases.roll(function, build)
            self._say(f"{function} is {f'the release with another {build}' if build else 'ours again'}")
            self._send(simulator, waiting, count - count // 2)
            time.sleep(self._rng.uniform(1.5, 3.0))
        self.totals.releases = releases.rolled

    # rest

    def _settle(self, verdict: Verdict, when: str) -> float:
        """Wait until nothing moves; returns the seconds that it took."""
        began = time.monotonic()
        still: dict[str, int] = {"nothing was asked yet": 1}
        calm_since: float | None = None
        while time.monotonic() - began < DRAIN_S + 20:
            with suppress(OSError):
                still = verdict.unsettled()
            if still:
                calm_since = None
            elif calm_since is None:
                calm_since = time.monotonic()
            elif time.monotonic() - calm_since > 2:
                took = calm_since - began
                self._say(f"settled {when}: {took:.1f} s")
                if took > DRAIN_S:
                    self.totals.wrong.append(f"it took {took:.0f} s to drain {when}")
                return took
            time.sleep(0.3)
        self.totals.wrong.append(f"never settled {when}: {still}")
        return time.monotonic() - began

    def _redeliver(self, simulator: Simulator, verdict: Verdict) -> None:
        """Everything again, as Meta may for seven days: nobody is answered a second time."""
        before = _accepted(simulator)
        while self.totals.redelivered < self.size.redelivered:
            updates = simulator.post("/redeliver", {})["updates"]
            if not updates:
                self.totals.wrong.append("nothing to redeliver")
                return
            self.totals.redelivered += updates
        self._settle(verdict, f"after {self.totals.redelivered} redelivered webhooks")
        self.totals.second_answers = _accepted(simulator) - before
        if self.totals.second_answers:
            self.totals.wrong.append(f"{self.totals.second_answers} answers to redelivered webhooks")

    def _queue(self, stack: Stack, switches: dict[str, float]) -> None:
        import requests

        requests.post(f"{stack.url('tasks')}/_tasks", json=switches, timeout=10).raise_for_status()


def _accepted(simulator: Simulator) -> int:
    return sum(message["direction"] == "out" for message in simulator.get("/messages"))
