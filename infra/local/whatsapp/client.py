"""The commands for a simulator that runs: they ask its `/_sim` for what happens, and print it as lines of
JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from infra.local.simulator import Simulator

COMMANDS = ("send", "talk", "trigger", "events", "resend", "save", "load", "states")


def add_commands(commands: Any) -> None:
    """Adds every command but serving, as sub-commands of a parser."""
    at = argparse.ArgumentParser(add_help=False)
    at.add_argument(
        "--at",
        default="http://127.0.0.1:8200",
        metavar="URL",
        help="where the simulator serves (default %(default)s)",
    )
    whose = argparse.ArgumentParser(add_help=False)
    whose.add_argument(
        "--from", dest="sender", metavar="WHO", help="phone, user id or id of a sender; without it the newest"
    )

    def command(name: str, does: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(name, help=does, parents=[at, *parents])
        return made

    sends = command("send", "a phone sends texts and files, each its own message", whose)
    sends.add_argument(
        "what", nargs="+", metavar="TEXT|FILE", help="a file where there is one of that name, else a text"
    )
    command("talk", "a sender's conversation, both ways", whose)
    event = command("trigger", "make something happen: see `events`", whose)
    event.add_argument("event")
    event.add_argument("--count", type=int, default=10, help="of a burst")
    command("events", "everything that can be triggered")
    command("resend", "deliver a message's webhook again, as Meta does").add_argument("wamid")
    command("save", "keep the present state under a name").add_argument("name")
    command("load", "go back to a state that was saved").add_argument("name")
    command("states", "the names of the states that were saved")


def run(args: argparse.Namespace) -> int:
    """Do one command; returns the exit code."""
    simulator = Simulator(args.at.rstrip("/"))
    try:
        for line in _done(simulator, args):
            print(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False))
    except ValueError as refused:
        print(refused, file=sys.stderr)
        return 1
    except requests.ConnectionError:
        print(f"no simulator answers at {args.at}", file=sys.stderr)
        return 1
    finally:
        simulator.close()
    return 0


def _done(simulator: Simulator, args: argparse.Namespace) -> Iterable[Any]:
    match args.command:
        case "send":
            sender = _sender(simulator, args.sender)
            for what in args.what:
                is_file = Path(what).is_file()
                yield from (
                    simulator.send(sender, files=[Path(what)])
                    if is_file
                    else simulator.send(sender, text=what)
                )
        case "talk":
            yield from simulator.conversation(_sender(simulator, args.sender))
        case "trigger":
            yield from simulator.post(
                f"/trigger/{args.event}",
                {"count": args.count} | ({"sender": args.sender} if args.sender else {}),
            )
        case "events":
            yield from simulator.get("/trigger")
        case "resend":
            yield simulator.post("/redeliver", {"wamid": args.wamid})
        case "save":
            yield simulator.post(f"/states/{args.name}", {})
        case "load":
            yield simulator.post(f"/states/{args.name}/load", {})
        case _:
            yield from simulator.get("/states")


def _sender(simulator: Simulator, asked: str | None) -> str:
    """Returns the sender that was asked for, who is made where nobody has that phone; else the newest, or a
    first one that is made.
    """
    known = simulator.get("/senders")
    if asked is None:
        found: str = (known[-1] if known else simulator.add_sender())["id"]
        return found
    if asked.lstrip("+").isdigit():
        return str(simulator.find_sender(asked.lstrip("+"))["id"])
    return asked
