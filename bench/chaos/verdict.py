"""What the phones say they received, against what they should have; what the rows, the objects and the queue
say of the rest.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine, text

from bench.chaos import again, changes, people
from bench.chaos.attempts import Attempts, attempts
from bench.chaos.messages import forgotten, is_news, once, passed, user_of
from bench.chaos.order import Order, passes
from bench.chaos.readers import OCR, OPENER
from bench.chaos.totals import Happened, Sent, Totals
from bench.chaos.truths import false_statement
from functions.whatsapp.helpers import error_sentence
from functions.whatsapp.model import media_name
from infra.local.simulator import Simulator, parts_of, read
from infra.local.stack import BUCKET, FUNCTIONS, Stack

_OURS = error_sentence("internal")
REFUSED = 131026
"""Meta's code for a recipient who cannot be reached: the one thing that may leave a message without its
answer.
"""


class Verdict:
    """Reads the world after it has settled."""

    def __init__(self, simulator: Simulator, admin: Engine, stack: Stack, patience_s: float) -> None:
        self._simulator, self._admin, self._stack = simulator, admin, stack
        self._patience = timedelta(seconds=patience_s)
        self._repeated: Counter[str] = Counter()
        self._refused: set[tuple[Any, int]] = set()
        self._happened = Happened()
        self._order = Order([], {}, self._patience)
        self._attempts = Attempts({}, [])
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
        admitted = again.admissions(self._stack.home / "inbox.sqlite")
        self._order = Order(passes(told), admitted, self._patience)
        self._attempts = Attempts(attempts(told), happened.windows)
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
        conversation, repeated = once(self._simulator.conversation(sender))
        totals.duplicates_in_window += repeated.total()
        self._repeated.update(repeated)
        asked = {message["wamid"]: message for message in conversation if message["direction"] == "in"}
        gone = [one for one in self._happened.purges if one.sender == sender]
        mine = [one for one in everything if one.wamid in replies or not forgotten(asked[one.wamid], gone)]
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
                if message["direction"] == "in" or user_of(message) == str(user)
            ]
            reading = read(heard, numbers, sends)
            for wamid, texts in reading.answers.items():
                answers.setdefault(wamid, []).extend(texts)
            news = Counter(row["body"] for row in replies.values() if is_news(row, user))
            strays = Counter(reading.strays)
            totals.wrong += [
                f"news lost at {sender}: {said[:90]!r}"
                for said in news
                if not any(said in message["text"] for message in out)
            ]
            totals.wrong += [f"stray at {sender}: {stray[:90]!r}" for stray in strays - news]
            failed = {
                message["opaque"].rsplit(":", 1)[1]
                for message in heard
                if message["direction"] == "out" and message["failed"]
            }
            self._order.judge(
                sender, reading.questions, reading.order, replies, self._members(failed), totals
            )
        users = {str(row["user_id"]) for row in replies.values()} | {one.user for one in gone}
        totals.wrong += [
            f"of nobody at {sender}: {message['text'][:90]!r}"
            for message in out
            if user_of(message) not in users
        ]
        # What a purged tenant was told is told once too; of several answers in one message none is its
        # quote's alone.
        for message in out:
            if (
                message["quoted"]
                and not parts_of(message["text"])
                and user_of(message) in {one.user for one in gone}
            ):
                answers.setdefault(message["quoted"], []).append(message["text"])
        twice = [wamid for wamid, texts in answers.items() if len(texts) > 1]
        totals.duplicates += len(twice)
        totals.wrong += [f"answered twice: {sender} {wamid}" for wamid in twice]
        changes = [one for one in self._happened.changes if one.sender == sender]
        astray = {
            one.wamid
            for one in mine
            if any(passed(asked[one.wamid], asked[change.wamid], change) for change in changes)
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
                    self._attempts.ours(one, replies.get(one.wamid), totals)
                elif false := false_statement(answer, one.plan, first=numbers[one.plan.number] == 1):
                    totals.false_statements[false] += 1
                    name = one.plan.file[0] if one.plan.file else ""
                    totals.wrong.append(
                        f"false, {false}: {name} {one.wamid} "
                        f"({', '.join(self._attempts.failing(replies.get(one.wamid)))}): {answer!r}"
                    )

    def _gone(self, totals: Totals) -> None:
        """Nothing is left of a tenant that was purged."""
        for one in self._happened.purges:
            outs = [
                message
                for message in self._simulator.conversation(one.sender)
                if message["direction"] == "out"
            ]
            sends = {message["opaque"].rsplit(":", 1)[1] for message in outs if user_of(message) == one.user}
            totals.wrong += [
                f"left of a purged tenant: {what}"
                for what in people.remains(self._admin, self._stack.home, sends, one)
            ]
            if not any(
                user_of(message) != one.user and message["at"] > one.began and "👋" in message["text"]
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


def _told(log: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a function's log; a line that a death cut is none."""
    for line in log.read_text("utf-8", "replace").splitlines() if log.exists() else ():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told
