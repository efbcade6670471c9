"""python -m infra.ops COMMAND: what an operator does, on the deployment that CUADRA_ENVIRONMENT names or on
the demo that runs here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from functions.errors import Unwell
from infra.ops import doctor, export, people, purge, rates, story
from infra.ops.desk import Desk
from infra.ops.target import TargetError, load


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the commands and their arguments."""
    top = argparse.ArgumentParser(prog="python -m infra.ops", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="the queue, stuck documents, senders who wait, the last day")
    show = commands.add_parser("show", help="the whole story of one document, masked")
    show.add_argument(
        "name",
        metavar="WAMID|DOCUMENT",
        help="six signs of a document's id are enough, where no other begins so",
    )
    show.add_argument(
        "--wamid", action="store_true", help="also the message's id, from which the phone can be read"
    )
    sought = commands.add_parser("find", help="whose a phone is, and what the last ten files came to; masked")
    sought.add_argument("phone", metavar="PHONE|BSUID")
    commands.add_parser("tenants", help="the businesses that wrote last, masked")
    retry = commands.add_parser("retry", help="read a document again")
    retry.add_argument("name", metavar="WAMID|DOCUMENT")
    retry.add_argument(
        "--again", action="store_true", help="even if it was read: the user gets a second answer"
    )
    resume = commands.add_parser(
        "resume", help="let held answers go on: a sender's, or all that may still be sent"
    )
    whose = resume.add_mutually_exclusive_group(required=True)
    whose.add_argument("user", type=UUID, nargs="?")
    whose.add_argument("--all", action="store_true", help="after a Graph that hung for long")
    replay = commands.add_parser("replay", help="enqueue again what came in since then and has no answer")
    replay.add_argument(
        "--since", required=True, type=_when, help="2026-11-22T15:00 (UTC unless it says otherwise)"
    )
    forget = commands.add_parser("purge", help="delete everything of a tenant, everywhere")
    forget.add_argument("tenant", type=UUID)
    forget.add_argument("--yes", action="store_true", help="do not ask")
    month = commands.add_parser("export", help="a month as the workbook that its owner gets by chat")
    month.add_argument("tenant", type=UUID)
    month.add_argument("--month", required=True, metavar="YYYY-MM")
    month.add_argument("--ruc", default="", help="the register's holder, instead of what the business told")
    month.add_argument("--name", default="", help="the holder's name")
    month.add_argument("--out", type=Path, help="the file; its own name in this folder without it")
    rated = commands.add_parser("rates", help="SUNAT's exchange rates of days before").add_subparsers(
        dest="what", required=True
    )
    brought = rated.add_parser("load", help="keep those of a file of lines DD/MM/AAAA|compra|venta|")
    brought.add_argument("file", type=Path)
    commands.add_parser("doctor", help="check every credential and part, and say what to fix")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did its part, 1 when it found something wrong, 2 when it could not begin."""
    given = parser().parse_args(arguments)
    try:
        desk = Desk(load().as_operator())
    except TargetError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        return _run(desk, given)
    except (story.NotFound, story.Refused, TargetError, Unwell, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        desk.close()


def _run(desk: Desk, given: argparse.Namespace) -> int:  # noqa: C901, PLR0911 - one line a command
    match given.command:
        case "status":
            return _say(story.status(desk))
        case "show":
            return _say(story.show(desk, given.name, wamid_too=given.wamid))
        case "find":
            return _say(people.find(desk, given.phone))
        case "tenants":
            return _say(people.tenants(desk))
        case "retry":
            return _say([story.retry(desk, given.name, again=given.again)])
        case "resume":
            return _say([story.resume(desk, given.user)])
        case "replay":
            return _say(story.replay(desk, given.since))
        case "purge":
            if not given.yes and input(
                f"Everything of {given.tenant} will be deleted. Type its id to go on: "
            ).strip() != str(given.tenant):
                return _say(["nothing was deleted"]) or 1
            return _say(purge.purge(desk, given.tenant))
        case "export":
            return _export(desk, given)
        case "rates":
            return _say(rates.load(desk, given.file))
        case _:
            return _examine(desk)


def _export(desk: Desk, given: argparse.Namespace) -> int:
    name, data, lines = export.export(desk, given.tenant, given.month, ruc=given.ruc, name=given.name)
    path = given.out or Path(name)
    path.write_bytes(data)
    return _say([f"{path}", *lines])


def _examine(desk: Desk) -> int:
    sick = 0
    for found in doctor.examine(desk):
        sick += found.problem is not None
        if found.unchecked:
            sys.stdout.write(f"--    {found.name}: not checked: {found.unchecked}\n")
        elif found.problem is None:
            sys.stdout.write(f"ok    {found.name}\n")
        else:
            sys.stdout.write(f"FAIL  {found.name}: {found.problem}\n      fix: {found.fix}\n")
    return 1 if sick else 0


def _say(lines: Iterable[str]) -> int:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 0


def _when(value: str) -> datetime:
    try:
        when = datetime.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value} is no moment; write it as 2026-11-22T15:00") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
