"""One run: kills under traffic, outages one at a time and in pairs, settling, redelivery, the verdict."""

from __future__ import annotations

import itertools
import json
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import create_engine

from bench.chaos import again
from bench.chaos.outages import SERVICES, WAYS, Gemini, Outages
from bench.chaos.traffic import Message, plans
from bench.chaos.verdict import REFUSED, Sent, Totals, Verdict
from infra.local import faults
from infra.local.serve import free_port
from infra.local.simulator import Simulator
from infra.local.stack import Stack

FASTER = 7.5
"""How much shorter every wait is than in the cloud: a lease of 75 s is one of 10 s here, and everything else in proportion."""
SETTINGS = {
    "LEASE_S": "10", "LANE_LEASE_S": "4", "LANE_GATHER_S": "0.5", "LANE_PATIENCE_S": "24", "RECEIPT_WAIT_S": "2.7", "SWEEP_ADMITTED_S": "4",
    "OCR_DEADLINE_S": "6", "OPENING_S": "4", "GEMINI_S": "2", "BEGIN_BY_S": "2.5", "WORKER_TIMEOUT_S": "9", "GRAPH_S": "1.33", "CUADRA_FASTER": str(FASTER), "GEMINI": "key", "GEMINI_API_KEY": "not-a-key", "DAILY_CAP": "100000",
}  # fmt: skip
QUEUE = {"min_backoff": 0.13, "max_backoff": 8.0, "max_doublings": 6, "sweep_every": 8.0, "duplicate": 0.1}
WEATHER = {
    "duplicate": 0.15, "reorder": 1.0, "concurrent": True, "batch": 5, "drop": 0.05, "forget": 0.05, "retry": [0.2, 0.5, 1, 2, 4], "timeout": 6.0,
}  # fmt: skip
CALM = {"duplicate": 0, "reorder": 0, "drop": 0, "forget": 0, "batch": 20}
DRAIN_S = 180.0
_OBEYED_S = 5.0
"""How long a label is waited for before the next one is tried."""
REDELIVERED = 1000

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
    """How much of everything."""

    kills: int = 200
    senders: int = 20
    messages: int = 10
    spare: int = 10
    """More messages of each sender, for kills that are still to come when the others were sent."""
    during_outages: int = 4
    outages: bool = True
    redelivered: int = REDELIVERED
    longest_s: float = 900.0
    labels: tuple[str, ...] = ()
    """The labels to kill at, all of the functions' when empty."""


@dataclass(slots=True)
class _Feed:
    """Messages still to be sent, interleaved over the senders."""

    waiting: list[tuple[str, Message]]
    sent: list[Sent] = field(default_factory=list)


class Run:
    """A run on a folder of its own; `say` gets its progress."""

    def __init__(self, seed: int, size: Size, home: Path | None = None, say: object = None) -> None:
        self.seed, self.size, self.totals = seed, size, Totals()
        self._rng = Random(f"run/{seed}")
        self._home = home or Path(tempfile.mkdtemp(prefix="cuadra-chaos-"))
        self._home.chmod(0o711)  # as root Postgres runs as nobody, who must get in
        self._orders = self._home / "faults"
        self._say = say if callable(say) else lambda _: None
        self._sender_ids: list[str] = []
        self._broken: list[again.Outage] = []

    def play(self) -> Totals:
        """Everything, from an empty folder to the verdict."""
        for name in ("kill", "down"):
            (self._orders / name).mkdir(parents=True, exist_ok=True)
        size = self.size
        planned, answers = plans(self.seed, size.senders, size.messages + size.spare + size.during_outages * size.outages)
        (self._home / "answers.json").write_text(json.dumps(answers), "utf-8")
        gemini = Gemini(free_port(), self._home / "answers.json", self._home / "gemini.log")
        stack = Stack(self._home, settings=SETTINGS | {"CUADRA_FAULTS": str(self._orders), "GEMINI_URL": gemini.url})
        try:
            where = stack.start()
            threading.Thread(target=stack.watch, daemon=True).start()
            simulator = Simulator(where.simulator)
            admin = create_engine(where.admin_dsn.replace("postgresql://", "postgresql+pg8000://"), pool_pre_ping=True)
            try:
                again.watch(admin, self._home / "inbox.sqlite")
                self._story(
                    stack,
                    simulator,
                    Verdict(simulator, admin, stack, float(SETTINGS["LANE_PATIENCE_S"])),
                    gemini,
                    [plan.messages for plan in planned],
                )
            finally:
                admin.dispose()
                simulator.close()
        finally:
            stack.stop()
            gemini.stop()
        return self.totals

    def _story(self, stack: Stack, simulator: Simulator, verdict: Verdict, gemini: Gemini, planned: list[list[Message]]) -> None:
        self._queue(stack, QUEUE)
        simulator.post("/switches", WEATHER)
        self._sender_ids = [simulator.add_sender(name=f"Persona {index}")["id"] for index in range(self.size.senders)]
        size = self.size
        split = size.messages + size.spare
        first = _Feed(
            self._woven([messages[: size.messages] for messages in planned])
            + self._woven([messages[size.messages : split] for messages in planned])
        )
        self._kills(simulator, first)
        self._send(simulator, first, size.messages * size.senders - len(first.sent))
        second = _Feed(self._woven([messages[split:] for messages in planned]))
        if size.outages:
            self._settle(verdict, "after the kills")
            self._outages(Outages(stack, simulator, gemini, self._orders), simulator, second)
            self._send(simulator, second, len(second.waiting))
        simulator.put("/faults", [])
        simulator.post("/switches", CALM)
        self.totals.drained_s = self._settle(verdict, "after the last fault")
        self._redeliver(simulator, verdict)
        verdict.judge([*first.sent, *second.sent], self.totals, self._broken)
        if self.totals.kills < self.size.kills:
            self.totals.wrong.append(f"only {self.totals.kills} of {self.size.kills} kills")

    def _woven(self, planned: list[list[Message]]) -> list[tuple[str, Message]]:
        """Everyone's messages in one line, each sender's in the sender's order."""
        line = [self._sender_ids[index] for index, messages in enumerate(planned) for _ in messages]
        self._rng.shuffle(line)
        left = {sender: iter(messages) for sender, messages in zip(self._sender_ids, planned, strict=True)}
        return [(sender, next(left[sender])) for sender in line]

    def _send(self, simulator: Simulator, feed: _Feed, count: int) -> None:
        count = max(count, 0)
        for sender, message in feed.waiting[:count]:
            sent = simulator.send(sender, text=message.text, files=[message.file] if message.file else ())
            feed.sent.append(Sent(sender, message, sent[0]["wamid"]))
        del feed.waiting[:count]

    # kills

    def _kills(self, simulator: Simulator, feed: _Feed) -> None:
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
            wanted = wanted[: self.size.kills - self.totals.kills]
            if not wanted:
                return self._reached(labels, reached)
            for label in wanted:
                self._order(simulator, label)
            self._send(simulator, feed, max(1, round(every * self.totals.kills / self.size.kills) - len(feed.sent)))
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
                        self._say(f"{self.totals.kills} kills, {len(feed.sent)} messages")
        return self._reached(labels, reached)

    def _reached(self, labels: list[str], reached: set[str]) -> None:
        self.totals.labels = len(reached)
        if missed := sorted(set(labels) - reached):
            self._say(f"labels that this run's traffic did not reach: {', '.join(missed)}")

    def _order(self, simulator: Simulator, label: str) -> None:
        """Have the next call that passes the label be its process's last, and make that call happen where it is rare."""
        (self._orders / "kill" / label).touch()
        function, step = label.rsplit(".", 1)[0].split(".", 1)
        for fault in _TRIGGERS.get(step, ()) if function == "worker" else ():
            simulator.post("/faults", fault)
            self.totals.faults += 1
            self.totals.refusals_asked += fault.get("code") == REFUSED

    # outages

    def _outages(self, outages: Outages, simulator: Simulator, feed: _Feed) -> None:
        broken: list[tuple[tuple[str, str], ...]] = [((service, way),) for service in SERVICES for way in WAYS]
        broken += [((a, self._rng.choice(WAYS)), (b, self._rng.choice(WAYS))) for a, b in itertools.combinations(SERVICES, 2)]
        self._rng.shuffle(broken)
        each = -(-len(feed.waiting) // len(broken))
        for which in broken:
            seconds = self._rng.choice([5, 5, 5, 5, 6, 6, 7, 8, 10, 30])
            self._say(f"{' and '.join(f'{service} {way}' for service, way in which)} for {seconds} s")
            self._send(simulator, feed, each // 2)
            start = time.time()
            with ExitStack() as contexts:
                for service, way in which:
                    contexts.enter_context(outages.broken(service, way))
                began = time.monotonic()
                if ("graph", "hang") not in which:
                    self._send(simulator, feed, each - each // 2)
                time.sleep(max(0.0, seconds - (time.monotonic() - began)))
            self.totals.outages += 1
            self._broken.append(again.Outage(tuple(service for service, _ in which), start, time.time()))
            time.sleep(self._rng.uniform(1.0, 3.0))

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
        import requests  # noqa: PLC0415 - the one call that is neither the simulator's nor the stack's

        requests.post(f"{stack.url('tasks')}/_tasks", json=switches, timeout=10).raise_for_status()


def _accepted(simulator: Simulator) -> int:
    return sum(message["direction"] == "out" for message in simulator.get("/messages"))
