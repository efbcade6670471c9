"""Backs up a running stack's rows and inbox, and restores them: the drill of docs/recovery.md rests on it.

python -m infra.local.backup take FOLDER       writes FOLDER/rows.dump and FOLDER/inbox.sqlite
python -m infra.local.backup restore FOLDER    puts both over what the running stack has
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from infra.local.postgres import binaries
from infra.local.stack import Where, default_home

ROWS, INBOX = "rows.dump", "inbox.sqlite"
_RUN_S = 300


def take(where: Where, folder: Path) -> None:
    """Copy both, the inbox first: a row whose message the inbox does not know costs nothing, and a message
    without its row is read again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _copy(Path(where.home) / INBOX, folder / INBOX)
    _run("pg_dump", "--format=custom", f"--file={folder / ROWS}", f"--dbname={where.admin_dsn}")


def restore(where: Where, folder: Path) -> None:
    """Put both in the place of what is there, each whole or not at all. `replay` brings back what came in
    later.
    """
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--single-transaction",
        f"--dbname={where.admin_dsn}",
        str(folder / ROWS),
    )
    _copy(folder / INBOX, Path(where.home) / INBOX)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _run(program: str, *arguments: str) -> None:
    subprocess.run([binaries() / program, *arguments], check=True, timeout=_RUN_S)


def main(command: str, folder: str) -> None:
    """See the module."""
    {"take": take, "restore": restore}[command](Where.running(default_home()), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:3])
