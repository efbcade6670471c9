"""python -m bench.chaos: every act, about eight minutes on two quiet cores (`--long`: more of each, about
twenty); exit 0 only when every promise held.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.chaos.run import FASTER, LONG, Run, Size
from bench.chaos.totals import Totals

_LINES = (
    "lane_passed",
    "send_uncertain",
    "send_called_again",
    "send_confirmed_by_receipt",
    "send_put_off",
    "send_failed",
    "attempts_exhausted",
    "unwell",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; the folder of a run that broke a promise stays."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument(
        "--long", action="store_true", help="200 kills, 20 people, every outage and every two of them"
    )
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--senders", type=int)
    parser.add_argument("--messages", type=int, help="of each sender, while functions are killed")
    parser.add_argument("--no-outages", action="store_true")
    parser.add_argument("--no-readers", action="store_true", help="no reader fails")
    parser.add_argument("--hard", type=int, help="messages of each sender, while readers fail")
    parser.add_argument("--changes", type=int, help="of number or user id")
    parser.add_argument("--purges", type=int)
    parser.add_argument("--rounds", type=int, help="turns of the people whom businesses share")
    parser.add_argument("--no-releases", action="store_true")
    args = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home = Path(tempfile.mkdtemp(prefix="cuadra-chaos-"))
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {line}", flush=True)

    say(f"seed {args.seed}; {home}; waits {FASTER:g} times shorter than in the cloud")
    given = {
        name: value
        for name in ("kills", "senders", "messages", "hard", "changes", "purges", "rounds")
        if (value := getattr(args, name)) is not None
    }
    faults = () if args.no_readers else Size.faults
    size = replace(
        LONG if args.long else Size(),
        outages=not args.no_outages,
        faults=faults,
        releases=not args.no_releases,
        **given,
    )
    totals = Run(args.seed, size, home, say).play()
    report(totals, args.seed, time.monotonic() - began)
    if not totals.wrong:
        shutil.rmtree(home, ignore_errors=True)
    return 1 if totals.wrong else 0


def report(totals: Totals, seed: int, seconds: float) -> None:
    """What a run came to."""
    told = {
        "messages sent by phones": totals.messages,
        "messages received by phones": totals.out,
        "kills (SIGKILL of the group)": f"{totals.kills} at {totals.labels} different steps",
        "faults of Graph": totals.faults,
        "outages": totals.outages,
        "readers failing": _counted(totals.reader_faults),
        "readers killed": _counted(totals.readers_killed),
        "changes of number": f"{totals.changes}, {totals.astray} messages passed one on their way",
        "papers of shared businesses": totals.shared,
        "purges": f"{totals.purges}, {totals.forgotten} messages went with them",
        "restarts with other code": (
            f"{totals.releases}, {totals.lines['task_unreadable']} tries at tasks of a newer one"
        ),
        "lost": f"{totals.lost}, of these {totals.lost_at_changes} at a change of number",
        "answered twice": totals.duplicates,
        "repeated in the window": (
            f"{totals.duplicates_in_window}, of {totals.again} calls made again (at most "
            f"{totals.again_at_most})"
        ),
        "called again needlessly": (
            f"{totals.again_needless} with a receipt kept, {totals.again_causeless} after nothing went wrong"
        ),
        "out of order": totals.out_of_order,
        "late after a due pass": totals.late_after_pass,
        "late after Meta failed them": totals.retried_failed,
        "refused by Meta (131026)": totals.refused,
        "crossed tenants": totals.crossed,
        "false statements": f"{totals.false_statements.total()} {_counted(totals.false_statements)}".strip(),
        "our failure, readers failing": totals.blind,
        "our failure, otherwise": totals.crashes_of_files,
        "values changed in the books": totals.corrections,
        "files of ours": totals.files,
        "redelivered webhooks": f"{totals.redelivered}, second answers {totals.second_answers}",
        "drained after the last fault": f"{totals.drained_s:.1f} s",
        "seconds by act": _counted(totals.seconds),
        "log lines": ", ".join(f"{name} {totals.lines[name]}" for name in _LINES),
    }
    print(f"\nseed {seed}, {seconds:.0f} s")
    for name, value in told.items():
        print(f"  {name:<30} {value}".rstrip())
    for wrong in totals.wrong[:40]:
        print(f"  BROKEN  {wrong}")
    print(f"\n{'every promise held' if not totals.wrong else f'{len(totals.wrong)} broken'}", flush=True)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
