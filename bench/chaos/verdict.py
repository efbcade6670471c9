"""What the phones say they received, against what they should have; what the rows, the objects and the queue say of the rest."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine, text

from bench.chaos import again
from bench.chaos.traffic import Message
from functions.whatsapp.helpers import error_sentence
from functions.whatsapp.model import media_name
from infra.local.simulator import Simulator, read
from infra.local.stack import BUCKET, FUNCTIONS, Stack

_OURS = error_sentence("internal")
REFUSED = 131026
"""Meta's code for a recipient who cannot be reached: the one thing that may leave a message without its answer."""


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
    lines: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a phone sent: what was planned and what the simulator kept of it."""

    sender: str
    plan: Message
    wamid: str


class Verdict:
    """Reads the world after it has settled."""

    def __init__(self, simulator: Simulator, admin: Engine, stack: Stack, patience_s: float) -> None:
        self._simulator, self._admin, self._stack, self._patience = simulator, admin, stack, timedelta(seconds=patience_s)
        self._passes: list[_Pass] = []
        self._repeated: Counter[str] = Counter()
        self._admitted: dict[str, float] = {}
        self._refused: set[tuple[Any, int]] = set()

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Of a query, row-level security aside."""
        with self._admin.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement)).mappings()]

    def unsettled(self) -> dict[str, int]:
        """What still moves, by name; empty when everything rests."""
        waiting = requests.get(f"{self._stack.url('tasks')}/_tasks", timeout=10).json()
        counts = {
            "webhooks": self._simulator.get("/settled")["undelivered"],
            "tasks": len(waiting["waiting"]) + len(waiting["running"]),
            "replies": self.rows("select count(*) as n from messaging.replies where state = 'ready'")[0]["n"],
            "documents": self.rows("select count(*) as n from documents.documents where status = 'working'")[0]["n"],
            "sends": self.rows("select count(*) as n from messaging.sends where state = 'frozen'")[0]["n"],
        }
        return {name: count for name, count in counts.items() if count}

    def judge(self, sent: Sequence[Sent], totals: Totals, outages: Sequence[again.Outage]) -> None:
        """Fill the totals from the phones' record and hold every promise against it."""
        replies = {row["wamid"]: row for row in self.rows("select * from messaging.replies where wamid is not null")}
        totals.messages = len(sent)
        self._passes = [
            _Pass(told["user"], told["from"], told["to"], datetime.fromisoformat(told["time"]))
            for told in _told(self._stack.log_path("worker"))
            if told.get("message") == "lane_passed"
        ]
        self._admitted = again.admissions(self._stack.home / "inbox.sqlite")
        refusals = self.rows(f"select user_id, members from messaging.sends where state = 'undeliverable' and error_code = {REFUSED}")
        self._refused = {(row["user_id"], seq) for row in refusals for seq in row["members"]}
        if len(refusals) > totals.refusals_asked:
            totals.wrong.append(f"{len(refusals)} sends were given up as refused, {totals.refusals_asked} were refused")
        by_sender: defaultdict[str, list[Sent]] = defaultdict(list)
        for one in sent:
            by_sender[one.sender].append(one)
        for sender, mine in by_sender.items():
            self._phone(sender, mine, sent, replies, totals)
        if totals.crashes_of_files > totals.kills // 4:  # the fifth attempt is no longer made
            totals.wrong.append(f"{totals.crashes_of_files} files were answered with our failure, after {totals.kills} kills")
        self._rows(sent, replies, totals)
        self._window(totals, outages)
        totals.lines.update(str(told.get("message")) for name in FUNCTIONS for told in _told(self._stack.log_path(name)))

    def _phone(
        self, sender: str, mine: Sequence[Sent], everyone: Sequence[Sent], replies: Mapping[str, dict[str, Any]], totals: Totals
    ) -> None:
        conversation, repeated = _once(self._simulator.conversation(sender))
        totals.duplicates_in_window += repeated.total()
        self._repeated.update(repeated)
        reading = read(conversation, {one.wamid: replies[one.wamid]["seq"] for one in mine if one.wamid in replies})
        out = [message for message in conversation if message["direction"] == "out" and not message["failed"]]
        totals.out += len(out) + repeated.total()
        totals.duplicates += len(reading.repeated)
        totals.wrong += [f"answered twice: {sender} {one['wamid']}" for one in reading.repeated]
        for one in mine:
            reply = replies.get(one.wamid)
            answers = reading.answers.get(one.wamid, [])
            if not answers:
                # a first text is answered by the welcome, number 0
                if reply and (reply["user_id"], 0 if reply["state"] == "void" else reply["seq"]) in self._refused:
                    totals.refused += 1
                else:
                    totals.lost += 1
                    totals.wrong.append(f"lost: {sender} {one.wamid} {one.plan.text or one.plan.number} ({reply and reply['state']})")
            for answer in answers[:1]:
                if _OURS in answer:
                    totals.crashes_of_files += 1
                elif one.plan.number and f"Número: {one.plan.number}" not in answer:
                    totals.wrong.append(f"not its answer: {one.wamid} is {one.plan.number}: {answer[:90]!r}")
        theirs = {one.plan.number for one in everyone if one.plan.number and one.sender != sender} - {one.plan.number for one in mine}
        crossed = [number for number in theirs if any(f"Número: {number}\n" in f"{message['text']}\n" for message in out)]
        totals.crossed += len(crossed)
        totals.wrong += [f"crossed: {sender} was told of {number}" for number in crossed]
        totals.wrong += [f"stray at {sender}: {stray[:90]!r}" for stray in reading.strays]
        self._order(sender, conversation, reading.questions, reading.order, replies, totals)

    def _order(
        self,
        sender: str,
        conversation: Sequence[Mapping[str, Any]],
        questions: Sequence[Mapping[str, Any]],
        order: Sequence[int],
        replies: Mapping[str, dict[str, Any]],
        totals: Totals,
    ) -> None:
        """Acknowledged before the other was posted: answered first, but for a pass that was due and for sends that Meta failed later."""
        again = self._members(
            {message["opaque"].rsplit(":", 1)[1] for message in conversation if message["direction"] == "out" and message["failed"]}
        )
        passes = [one for one in self._passes if one.user == str(replies[questions[order[0]]["wamid"]]["user_id"])] if order else []
        first = {place: rank for rank, place in reversed(list(enumerate(order)))}
        for a, b in permutations(first, 2):
            one, other = questions[a], questions[b]
            if first[a] < first[b] or not owed(one, other, self._admitted):
                continue
            before, after = replies[one["wamid"]], replies[other["wamid"]]
            if (before["user_id"], before["seq"]) in again or (after["user_id"], after["seq"]) in again:
                totals.retried_failed += 1
            elif any(self._due(one_pass, before, replies) for one_pass in passes if one_pass.end <= after["seq"]):
                totals.late_after_pass += 1
            else:
                totals.out_of_order += 1
                totals.wrong.append(f"order: {sender} #{before['seq']} after #{after['seq']}")

    def _due(self, one_pass: _Pass, late: Mapping[str, Any], replies: Mapping[str, dict[str, Any]]) -> bool:
        """Whether this pass left `late` behind rightly: it was not ready (but for its commit), and a later one had waited long enough."""
        return (
            one_pass.start <= late["seq"] < one_pass.end
            and late["ready_at"] > one_pass.at - timedelta(seconds=1)
            and any(
                row["user_id"] == late["user_id"] and row["seq"] > late["seq"] and row["ready_at"] + self._patience <= one_pass.at
                for row in replies.values()
            )
        )

    def _members(self, sends: set[str]) -> set[tuple[Any, int]]:
        found = self.rows("select id, user_id, members from messaging.sends")
        return {(row["user_id"], seq) for row in found if str(row["id"]) in sends for seq in row["members"]}

    def _window(self, totals: Totals, outages: Sequence[again.Outage]) -> None:
        """A send arrives at most as often as it was called, and it is called again only when something went wrong and nobody knew."""
        counted = {str(row["id"]): row["calls"] for row in self.rows("select id, calls from messaging.sends")}
        called = again.calls(self._admin)
        if counted != {send: len(moments) for send, moments in called.items()}:
            totals.wrong.append("window: the calls that were seen are not those that were counted")
        went_wrong = again.deaths(self._stack.home / "faults" / "kills.log") + again.troubles(_told(self._stack.log_path("worker")))
        judged = again.judge(called, again.receipts(self._stack.home / "inbox.sqlite"), went_wrong, outages)
        totals.again, totals.again_needless, totals.again_causeless = judged.count, len(judged.needless), len(judged.causeless)
        totals.again_at_most = totals.kills + totals.faults + sum(one.leaves_calls_unknown for one in outages)
        totals.wrong += [f"window: {told}" for told in judged.needless + judged.causeless]
        if judged.count > totals.again_at_most:
            totals.wrong.append(f"window: {judged.count} calls made again, {totals.again_at_most} kills, faults and outages")
        totals.wrong += [
            f"window: send {send} arrived {count + 1} times in {counted[send]} calls"
            for send, count in self._repeated.items()
            if count >= counted[send]
        ]

    def _rows(self, sent: Sequence[Sent], replies: Mapping[str, dict[str, Any]], totals: Totals) -> None:
        documents = {row["wamid"]: row for row in self.rows("select * from documents.documents")}
        read_of = Counter(row["document_id"] for row in self.rows("select document_id from extractor.extractions"))
        for one in sent:
            if one.wamid not in replies:
                totals.wrong.append(f"no reply row: {one.wamid}")
            if one.plan.file is None:
                continue
            document = documents.get(one.wamid)
            if document is None or document["status"] == "working":
                totals.wrong.append(f"no finished document: {one.wamid}")
                continue
            kept = self._stack.home / "storage" / BUCKET / media_name(document["tenant_id"], one.wamid)
            if not kept.exists() or kept.read_bytes() != one.plan.file[1]:
                totals.wrong.append(f"original missing or changed: {one.wamid}")
            if one.plan.number and document["status"] == "done" and read_of[document["id"]] != 1:
                totals.wrong.append(f"{read_of[document['id']]} extractions: {one.wamid}")
        lanes = self.rows(
            "select l.user_id, l.next, l.held, max(r.seq) as last, count(r.seq) as n from messaging.lanes l "
            "join messaging.replies r using (user_id) group by 1, 2, 3"
        )
        for lane in lanes:
            if lane["held"] or lane["next"] != lane["last"] + 1 or lane["n"] != lane["last"] + 1:
                totals.wrong.append(f"lane not at its end: {lane}")
        tenants = self.rows("select count(distinct tenant_id) as n from auth.users")[0]["n"]
        senders = len({one.sender for one in sent})
        if tenants != senders:
            totals.wrong.append(f"{tenants} tenants for {senders} senders")


def owed(one: Mapping[str, Any], other: Mapping[str, Any], admitted: Mapping[str, float]) -> bool:
    """Whether `one` is to be answered first: its webhook was acknowledged before the other's was first posted.

    What was admitted was posted, though the simulator tells only of an update's own deliveries, not of its duplicate's, which may overtake it.
    """
    posted: float = other["webhook"]["posted"]
    acked: float = one["webhook"]["acked"]
    return acked < min(posted, admitted.get(other["wamid"], posted))


def _once(conversation: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The conversation without the repetitions of one and the same send, and these by send: the window that no one can close."""
    seen: set[str] = set()
    repeated: Counter[str] = Counter()
    kept = []
    for message in conversation:
        if message["direction"] == "out" and not message["failed"]:
            if message["opaque"] in seen:
                repeated[message["opaque"].rsplit(":", 1)[1]] += 1
                continue
            seen.add(message["opaque"])
        kept.append(message)
    return kept, repeated


@dataclass(frozen=True, slots=True)
class _Pass:
    """A lane that was passed, as its log line tells: numbers from `start` up to `end` were not waited for any longer."""

    user: str
    start: int
    end: int
    at: datetime


def _told(log: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a function's log; a line that a death cut is none."""
    for line in log.read_text("utf-8", "replace").splitlines() if log.exists() else ():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told
