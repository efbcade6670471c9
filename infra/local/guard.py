"""Ends what a supervisor started when the supervisor is gone, however that happened; `stack.py` runs it as a
process of its own.

Reads lines "PID SIGNAL" (a process group to be signalled at the end; "-PID" forgets it) until its standard
input ends.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Wait for the end of standard input, then signal what is left."""
    for caught in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(caught, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        pid, number = map(int, line.split())
        if pid < 0:
            groups.pop(-pid, None)
        else:
            groups[pid] = number
    for pid, number in groups.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


if __name__ == "__main__":
    main()
