"""What the phones say they received, against what they should have; what the rows, the objects and the queue
say of the rest.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine, text

from bench.chaos import again, changes, people
from bench.chaos.readers import OCR, OPENER, Window, blind
from bench.chaos.shared import Shared
from bench.chaos.traffic import Message
from bench.chaos.truths import false_statement
from functions.whatsapp.files import ATTEMPTS
from functions.whatsapp.helpers import error_sentence
from functions.whatsapp.model import is_ours, media_name
from infra.local.simulator import Simulator, parts_of, read
from infra.local.stack import BUCKET, FUNCTIONS, Stack

_OURS = error_sentence("internal")
REFUSED = 131026
"""Meta's code for a recipient who cannot be reached: the one thing that may leave a message without its
answer.
"""


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


class Verdict:
    """Reads the world after it has settled."""

    def __init__(self, simulator: Simulator, admin: Engine, stack: Stack, patience_s: float) -> None:
        self._simulator, self._admin, self._stack, self._patience = (
            simulator,
            admin,
            stack,
            timedelta(seconds=patience_s),
        )
        self._passes: list[_Pass] = []
        self._repeated: Counter[str] = Counter()
        self._admitted: dict[str, float] = {}
        self._refused: set[tuple[Any, int]] = set()
        self._happened = Happened()
        self._attempts: dict[tuple[str, int], dict[int, _Attempt]] = {}
        self._answers: dict[str, list[str]] = {}

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
            "documents": self.rows("select count(*) as n from documents.documents where status = 'working'")[
                0
            ]["n"],
            "sends": self.rows("select count(*) as n from messaging.sends where state = 'frozen'")[0]["n"],
        }
        return {name: count for name, count in counts.items() if count}

    def judge(self, sent: Sequence[Sent], totals: Totals, happened: Happened) -> None:
        """Fill the totals from the phones' record and hold every promise against it."""
        self._happened = happened
        replies = {
            row["wamid"]: row for row in self.rows("select * from messaging.replies where wamid is not null")
        }
        totals.messages, totals.changes, totals.purges = (
            len(sent),
            len(happened.changes),
            len(happened.purges),
        )
        told = list(_told(self._stack.log_path("worker")))
        self._passes = [
            _Pass(line["user"], line["from"], line["to"], datetime.fromisoformat(line["time"]))
            for line in told
            if line.get("message") == "lane_passed"
        ]
        for line in told:
            if "attempt" in line:
                attempt = _Attempt(
                    datetime.fromisoformat(line["time"]).timestamp(), failed=line["status"] == 500
                )
                self._attempts.setdefault((line["user"], line["seq"]), {})[line["attempt"]] = attempt
        self._admitted = again.admissions(self._stack.home / "inbox.sqlite")
        refusals = self.rows(
            "select user_id, members from messaging.sends where state = 'undeliverable' and error_code = "
            f"{REFUSED}"
        )
        self._refused = {(row["user_id"], seq) for row in refusals for seq in row["members"]}
        by_sender: defaultdict[str, list[Sent]] = defaultdict(list)
        for one in sent:
            by_sender[one.sender].append(one)
        for sender, mine in by_sender.items():
            self._phone(sender, mine, sent, replies, totals)
        changed = {one.sender for one in happened.changes}
        moved = {
            replies[one.wamid]["user_id"] for one in sent if one.sender in changed and one.wamid in replies
        }
        given_up = sum(row["user_id"] not in moved for row in refusals)
        if given_up > totals.refusals_asked:
            totals.wrong.append(
                f"{given_up} sends were given up as refused, {totals.refusals_asked} were refused"
            )
        if totals.crashes_of_files > totals.kills // 4:  # the fifth attempt is no longer made
            totals.wrong.append(
                f"{totals.crashes_of_files} files were answered with our failure, after {totals.kills} kills"
            )
        self._rows([one for one in sent if one.wamid in replies], replies, totals)
        self._changes(sent, replies, totals)
        self._gone(totals)
        sent_by = {one.wamid: one.plan for one in sent}
        shared = list(happened.shared.wrong(self._simulator, self._admin, sent_by))
        totals.crossed += sum(told.startswith("crossed") for told in shared)
        totals.shared, totals.wrong = len(happened.shared.ends), [*totals.wrong, *shared]
        spared = totals.reader_faults.keys() & {OPENER, OCR} - totals.readers_killed.keys()
        totals.wrong += [f"nothing was {fault}" for fault in spared]
        self._window(totals, happened.outages)
        totals.lines.update(
            str(line.get("message")) for name in FUNCTIONS for line in _told(self._stack.log_path(name))
        )
        self._rolled(told, totals)

    def _phone(
        self,
        sender: str,
        everything: Sequence[Sent],
        everyone: Sequence[Sent],
        replies: Mapping[str, dict[str, Any]],
        totals: Totals,
    ) -> None:
        conversation, repeated = _once(self._simulator.conversation(sender))
        totals.duplicates_in_window += repeated.total()
        self._repeated.update(repeated)
        asked = {message["wamid"]: message for message in conversation if message["direction"] == "in"}
        gone = [one for one in self._happened.purges if one.sender == sender]
        mine = [one for one in everything if one.wamid in replies or not _forgotten(asked[one.wamid], gone)]
        totals.forgotten += len(everything) - len(mine)
        out = [message for message in conversation if message["direction"] == "out" and not message["failed"]]
        totals.out += len(out) + repeated.total()
        answers: dict[str, list[str]] = {}
        sends = {
            str(row["id"]): row["members"] for row in self.rows("select id, members from messaging.sends")
        }
        for user in {row["user_id"] for one in mine if (row := replies.get(one.wamid))}:
            numbers = {
                one.wamid: replies[one.wamid]["seq"]
                for one in mine
                if one.wamid in replies and replies[one.wamid]["user_id"] == user
            }
            heard = [
                message
                for message in conversation
                if message["direction"] == "in" or _user(message) == str(user)
            ]
            reading = read(heard, numbers, sends)
            for wamid, texts in reading.answers.items():
                answers.setdefault(wamid, []).extend(texts)
            news = Counter(row["body"] for row in replies.values() if _is_news(row, user))
            strays = Counter(reading.strays)
            totals.wrong += [
                f"news lost at {sender}: {said[:90]!r}"
                for said in news
                if not any(said in message["text"] for message in out)
            ]
            totals.wrong += [f"stray at {sender}: {stray[:90]!r}" for stray in strays - news]
            self._order(sender, heard, reading.questions, reading.order, replies, totals)
        users = {str(row["user_id"]) for row in replies.values()} | {one.user for one in gone}
        totals.wrong += [
            f"of nobody at {sender}: {message['text'][:90]!r}"
            for message in out
            if _user(message) not in users
        ]
        # What a purged tenant was told is told once too; of several answers in one message none is its
        # quote's alone.
        for message in out:
            if (
                message["quoted"]
                and not parts_of(message["text"])
                and _user(message) in {one.user for one in gone}
            ):
                answers.setdefault(message["quoted"], []).append(message["text"])
        twice = [wamid for wamid, texts in answers.items() if len(texts) > 1]
        totals.duplicates += len(twice)
        totals.wrong += [f"answered twice: {sender} {wamid}" for wamid in twice]
        changes = [one for one in self._happened.changes if one.sender == sender]
        astray = {
            one.wamid
            for one in mine
            if any(_passed(asked[one.wamid], asked[change.wamid], change) for change in changes)
        }
        totals.astray += len(astray)
        self._answered(mine, answers, replies, changes, astray, totals)
        self._answers |= answers
        self._true(everything, answers, replies, totals)
        theirs = {one.plan.number for one in everyone if one.plan.number and one.sender != sender}
        theirs -= {one.plan.number for one in everything} | self._happened.shared.may_see(sender)
        self._files(sender, everything, out, theirs, totals)
        crossed = [
            number
            for number in theirs
            if any(f"Número: {number}\n" in f"{message['text']}\n" for message in out)
        ]
        totals.crossed += len(crossed)
        totals.wrong += [f"crossed: {sender} was told of {number}" for number in crossed]
        tenants = {
            str(replies[one.wamid]["tenant_id"])
            for one in mine
            if one.wamid in replies and one.wamid not in astray
        }
        if len(tenants) > 1:
            totals.wrong.append(f"{sender} has {len(tenants)} businesses")
        if tenants & {one.tenant for one in gone}:
            totals.wrong.append(f"{sender} came back to the tenant that was purged")

    def _files(
        self,
        sender: str,
        everything: Sequence[Sent],
        out: Sequence[Mapping[str, Any]],
        theirs: Collection[str | None],
        totals: Totals,
    ) -> None:
        """Each request of a file brought one, or was told that there is nothing, and no file holds another's
        papers.
        """
        files = [message for message in out if message["kind"] == "document"]
        totals.files += len(files)
        brought = Counter(message["quoted"] for message in files)
        told = {
            one.wamid
            for one in everything
            if any(mark in said for said in self._answers.get(one.wamid, ()) for mark in changes.CAPTIONS)
        }
        if brought != Counter(told):
            totals.wrong.append(f"files at {sender}: {dict(brought)}, told {sorted(told)}")
        for message in files:
            data = self._simulator.file(message["file"])
            if found := changes.strangers(data, [number for number in theirs if number]):
                totals.crossed += len(found)
                totals.wrong.append(f"crossed: {sender} was sent a file with {found}")

    def _changes(self, sent: Sequence[Sent], replies: Mapping[str, dict[str, Any]], totals: Totals) -> None:
        """What changed in the books is what was asked, each once, in order."""
        made = [changes.Changed(**row) for row in self.rows(changes.QUERY)]
        asked = {
            one.wamid: one.plan.text
            for one in sent
            if one.plan.text and one.plan.text.startswith(changes.ASKING)
        }
        answers = {wamid: said for wamid, said in self._answers.items() if wamid in replies}
        totals.corrections += len(made)
        totals.wrong += changes.wrong(made, asked, answers)

    def _answered(
        self,
        mine: Sequence[Sent],
        answers: Mapping[str, list[str]],
        replies: Mapping[str, dict[str, Any]],
        changes: Sequence[people.Change],
        astray: set[str],
        totals: Totals,
    ) -> None:
        """Each message has an answer, or Meta refused it as it was asked to."""
        for one in mine:
            if one.wamid in answers:
                continue
            reply = replies.get(one.wamid)
            # a first text is answered by the welcome, number 0
            refused = bool(
                reply and (reply["user_id"], 0 if reply["state"] == "void" else reply["seq"]) in self._refused
            )
            if refused and not changes:
                totals.refused += 1
                continue
            totals.lost += 1
            totals.lost_at_changes += refused or one.wamid in astray
            how = (
                "passed its change of number; " * (one.wamid in astray)
                + "given up at an address that is gone; " * refused
            )
            totals.wrong.append(
                f"lost: {one.sender} {one.wamid} {one.plan.text or one.plan.number} "
                f"({how}{reply and reply['state']})"
            )

    def _true(
        self,
        mine: Sequence[Sent],
        answers: Mapping[str, list[str]],
        replies: Mapping[str, dict[str, Any]],
        totals: Totals,
    ) -> None:
        """What is said of each file is what the file is, or that the failure is ours."""
        numbers = Counter(one.plan.number for one in mine)
        for one in mine:
            for answer in answers.get(one.wamid, [])[:1]:
                if _OURS in answer:
                    self._ours(one, replies.get(one.wamid), totals)
                elif false := false_statement(answer, one.plan, first=numbers[one.plan.number] == 1):
                    totals.false_statements[false] += 1
                    name = one.plan.file[0] if one.plan.file else ""
                    totals.wrong.append(
                        f"false, {false}: {name} {one.wamid} "
                        f"({', '.join(self._failing(replies.get(one.wamid)))}): {answer!r}"
                    )

    def _ours(self, one: Sent, reply: Mapping[str, Any] | None, totals: Totals) -> None:
        """Our failure may be told when nobody could read through all attempts, or when the worker died in one
        of them.
        """
        tried = [self._tries(reply).get(n) for n in range(1, ATTEMPTS)]
        if not all(tried):
            totals.crashes_of_files += 1
        elif all(each and each.failed and blind(self._felt(each.at)) for each in tried):
            totals.blind += 1
        else:
            totals.crashes_of_files += 1
            totals.wrong.append(
                f"our failure, though it could be read: {one.sender} {one.wamid} "
                f"({', '.join(self._failing(reply))})"
            )

    def _failing(self, reply: Mapping[str, Any] | None) -> list[str]:
        """The faults of readers that were felt while this message's file was tried."""
        return sorted({fault for tried in self._tries(reply).values() for fault in self._felt(tried.at)})

    def _tries(self, reply: Mapping[str, Any] | None) -> dict[int, _Attempt]:
        return self._attempts.get((str(reply["user_id"]), reply["seq"]), {}) if reply else {}

    def _felt(self, at: float) -> set[str]:
        return {fault for window in self._happened.windows if window.felt(at) for fault in window.faults}

    def _gone(self, totals: Totals) -> None:
        """Nothing is left of a tenant that was purged."""
        for one in self._happened.purges:
            outs = [
                message
                for message in self._simulator.conversation(one.sender)
                if message["direction"] == "out"
            ]
            sends = {message["opaque"].rsplit(":", 1)[1] for message in outs if _user(message) == one.user}
            totals.wrong += [
                f"left of a purged tenant: {what}"
                for what in people.remains(self._admin, self._stack.home, sends, one)
            ]
            if not any(
                _user(message) != one.user and message["at"] > one.began and "👋" in message["text"]
                for message in outs
            ):
                totals.wrong.append(f"{one.sender} was not registered anew")

    def _rolled(self, told: Sequence[Mapping[str, Any]], totals: Totals) -> None:
        """Other releases really did work, and one left tasks that ours could not read."""
        builds = {line["build"] for line in told if "build" in line}
        if totals.releases and (builds != {"field", "kind"} or not totals.lines["task_unreadable"]):
            totals.wrong.append(
                f"releases: {sorted(builds)} worked, {totals.lines['task_unreadable']} tasks waited for a "
                "newer one"
            )

    def _order(
        self,
        sender: str,
        conversation: Sequence[Mapping[str, Any]],
        questions: Sequence[Mapping[str, Any]],
        order: Sequence[int],
        replies: Mapping[str, dict[str, Any]],
        totals: Totals,
    ) -> None:
        """Acknowledged before the other was posted: answered first, but for a pass that was due and for sends
        that Meta failed later.

        What a pass left behind leaves as it comes: two of one gap have no order between them either.
        """
        again = self._members(
            {
                message["opaque"].rsplit(":", 1)[1]
                for message in conversation
                if message["direction"] == "out" and message["failed"]
            }
        )
        passes = (
            [one for one in self._passes if one.user == str(replies[questions[order[0]]["wamid"]]["user_id"])]
            if order
            else []
        )
        first = {place: rank for rank, place in reversed(list(enumerate(order)))}
        for a, b in permutations(first, 2):
            one, other = questions[a], questions[b]
            if one["wamid"] not in replies or other["wamid"] not in replies:
                continue
            if first[a] < first[b] or not owed(one, other, self._admitted):
                continue
            before, after = replies[one["wamid"]], replies[other["wamid"]]
            if (before["user_id"], before["seq"]) in again or (after["user_id"], after["seq"]) in again:
                totals.retried_failed += 1
            elif any(self._due(one_pass, before, replies) for one_pass in passes):
                totals.late_after_pass += 1
            else:
                totals.out_of_order += 1
                totals.wrong.append(f"order: {sender} #{before['seq']} after #{after['seq']}")

    def _due(self, one_pass: _Pass, late: Mapping[str, Any], replies: Mapping[str, dict[str, Any]]) -> bool:
        """Whether this pass left `late` behind rightly: it was not ready (but for its commit), and a later
        one had waited long enough.
        """
        return (
            one_pass.start <= late["seq"] < one_pass.end
            and late["ready_at"] > one_pass.at - timedelta(seconds=1)
            and any(
                row["user_id"] == late["user_id"]
                and row["seq"] > late["seq"]
                and row["ready_at"] + self._patience <= one_pass.at
                for row in replies.values()
            )
        )

    def _members(self, sends: set[str]) -> set[tuple[Any, int]]:
        """What these sends told, and those that found nobody at an address that was changed meanwhile, which
        are in no phone's conversation.
        """
        found = self.rows("select id, user_id, members, error_code from messaging.sends")
        failed = [row for row in found if str(row["id"]) in sends or row["error_code"] == REFUSED]
        return {(row["user_id"], seq) for row in failed for seq in row["members"]}

    def _window(self, totals: Totals, outages: Sequence[again.Outage]) -> None:
        """A send arrives at most as often as it was called, and it is called again only when something went
        wrong and nobody knew.
        """
        counted = {str(row["id"]): row["calls"] for row in self.rows("select id, calls from messaging.sends")}
        called = again.calls(self._admin)
        kept = counted if self._happened.purges else called  # the rows of a purged tenant are gone
        if counted != {send: len(moments) for send, moments in called.items() if send in kept}:
            totals.wrong.append("window: the calls that were seen are not those that were counted")
        went_wrong = again.deaths(self._stack.home / "faults" / "kills.log") + again.troubles(
            _told(self._stack.log_path("worker"))
        )
        judged = again.judge(called, again.receipts(self._stack.home / "inbox.sqlite"), went_wrong, outages)
        totals.again, totals.again_needless, totals.again_causeless = (
            judged.count,
            len(judged.needless),
            len(judged.causeless),
        )
        totals.again_at_most = totals.kills + totals.faults + sum(one.leaves_calls_unknown for one in outages)
        totals.wrong += [f"window: {told}" for told in judged.needless + judged.causeless]
        if judged.count > totals.again_at_most:
            totals.wrong.append(
                f"window: {judged.count} calls made again, {totals.again_at_most} kills, faults and outages"
            )
        totals.wrong += [
            f"window: send {send} arrived {count + 1} times in {len(called[send])} calls"
            for send, count in self._repeated.items()
            if count >= len(called[send])
        ]

    def _rows(self, sent: Sequence[Sent], replies: Mapping[str, dict[str, Any]], totals: Totals) -> None:
        documents = {row["wamid"]: row for row in self.rows("select * from documents.documents")}
        read_of = Counter(
            row["document_id"] for row in self.rows("select document_id from extractor.extractions")
        )
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
        tenants = {row["tenant_id"] for row in self.rows("select distinct tenant_id from auth.users")}
        if strangers := tenants ^ {replies[one.wamid]["tenant_id"] for one in sent}:
            totals.wrong.append(f"{len(strangers)} tenants without a message, or the other way round")


def _user(message: Mapping[str, Any]) -> str:
    """Whose answer a message of ours is."""
    return str(message["opaque"]).split(":")[1]


def _is_news(reply: Mapping[str, Any], user: object) -> bool:
    """Whether it was told to that person without being asked."""
    return reply["user_id"] == user and is_ours(reply["wamid"]) and reply["body"] is not None


def _forgotten(message: Mapping[str, Any], gone: Sequence[people.Purge]) -> bool:
    """Whether it was posted before a purge of its sender ended, and so may have gone with it."""
    return any(message["webhook"]["posted"] < one.ended for one in gone)


def _passed(message: Mapping[str, Any], told: Mapping[str, Any], change: people.Change) -> bool:
    """Whether the message and the change of its sender's number may have passed one another on their way to
    us.
    """
    if message["at"] < change.at:
        return bool(message["webhook"]["acked"] > told["webhook"]["posted"])
    return bool(message["webhook"]["posted"] < told["webhook"]["acked"])


def owed(one: Mapping[str, Any], other: Mapping[str, Any], admitted: Mapping[str, float]) -> bool:
    """Whether `one` is to be answered first: its webhook was acknowledged before the other's was first
    posted.

    What was admitted was posted, though the simulator tells only of an update's own deliveries, not of its
    duplicate's, which may overtake it.
    """
    posted: float = other["webhook"]["posted"]
    acked: float = one["webhook"]["acked"]
    return acked < min(posted, admitted.get(other["wamid"], posted))


def _once(conversation: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The conversation without the repetitions of one and the same send, and these by send: the window that
    no one can close.
    """
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
class _Attempt:
    """When a worker's attempt at a file ended (epoch), and whether it is to be made again."""

    at: float
    failed: bool


@dataclass(frozen=True, slots=True)
class _Pass:
    """A lane that was passed, as its log line tells: numbers from `start` up to `end` were not waited for any
    longer.
    """

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
