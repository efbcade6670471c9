"""Runs everything on one machine, as processes of one supervisor: Postgres, storage, queue, WhatsApp, and
both functions.

State lives in one folder (`CUADRA_HOME`, `.cuadra` by default) and survives a restart; ports are the same
again where they are free. Nothing outlives the supervisor, whether Ctrl-C, SIGTERM or SIGKILL ends it (see
`guard.py`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import requests

from functions.errors import CannotRun
from infra.local import postgres, storage, sunat, sunat_rates
from infra.local.gemini import slow_switch
from infra.local.here import HOST, bypass_proxies, free_port, is_free, listens
from infra.settings import DISPATCHES_PER_SECOND, RETRY_DOUBLINGS, RETRY_MAX_S, RETRY_MIN_S

ROOT = Path(__file__).parents[2]
FAKE_GEMINI = "gemini"
"""A Gemini that says after 20 s that it cannot answer: only a worker that was started while the page's switch
is on asks it.
"""
FAKE_SUNAT = "sunat"
"""A SUNAT with a register of its own: only a worker that was started while the page's switch is on asks it.
"""
SERVICES = ("postgres", "storage", "tasks", FAKE_GEMINI, FAKE_SUNAT, "whatsapp", "webhook", "worker")
FUNCTIONS = ("webhook", "worker")
QUEUE = "projects/cuadra-local/locations/local/queues/documents"
BUCKET = "cuadra-media"
NUMBER_ID = "106540352242922"
LOGINS = ("cuadra_migrator", "cuadra_app", "cuadra_ops")
_OWN = {
    "app_secret": "WHATSAPP_APP_SECRET",
    "verify_token": "WHATSAPP_VERIFY_TOKEN",
    "access_token": "WHATSAPP_ACCESS_TOKEN",
}
"""Secrets that come with a person's own number, by the settings that hold them; without such a number they
are made here and kept.
"""
_STOP_S = 5.0
_READY_S = 60.0

Say = Callable[[str], None]


class NotStarted(CannotRun):
    """Says why the stack does not run, in Spanish."""


@dataclass(frozen=True, slots=True)
class Where:
    """The addresses and secrets of a running stack, as kept in `stack.json` (readable by the owner only).

    With a person's own number, `simulator` is Meta's Graph and `page` is empty.
    """

    home: str
    pid: int
    page: str
    simulator: str
    webhook: str
    worker: str
    tasks: str
    storage: str
    dsn: str
    admin_dsn: str
    app_secret: str
    verify_token: str
    access_token: str

    @classmethod
    def running(cls, home: Path) -> Where:
        """Returns the stack that runs on `home`. Raises NotStarted."""
        try:
            found = cls(**json.loads((home / "stack.json").read_text("utf-8")))
            requests.get(
                f"{found.simulator}/_sim" if found.page else f"{found.tasks}/_tasks", timeout=5
            ).raise_for_status()
        except (OSError, ValueError, TypeError, requests.RequestException) as error:
            raise NotStarted(
                f"No hay ninguna demo encendida en {home}. Enciéndela en otra terminal con: make demo"
            ) from error
        return found


@dataclass(frozen=True, slots=True)
class _Asks:
    """The services that the worker asks besides, by the page's switches. They are settings of the worker, so
    that another choice needs another worker.
    """

    slow_gemini: bool = False
    sunat: bool = False

    @classmethod
    def of(cls, home: Path) -> _Asks:
        return cls(slow_switch(home).exists(), sunat.switch(home).exists())


def default_home() -> Path:
    """Returns the state folder."""
    return Path(os.environ.get("CUADRA_HOME") or ROOT / ".cuadra").absolute()


class Stack:
    """A supervisor of one state folder.

    `settings` are environment names of the functions' settings that differ from the defaults, `queue` the
    queue's switches that do. Where `settings` name another Graph, a person's own number is behind it, and no
    simulated WhatsApp is started: nobody could call these functions as the simulated one.
    """

    def __init__(
        self,
        home: Path,
        *,
        settings: dict[str, str] | None = None,
        queue: dict[str, Any] | None = None,
        say: Say = lambda _: None,
    ) -> None:
        self.home, self._say, self._settings = home, say, settings or {}
        self._started = tuple(
            name for name in SERVICES[1:] if name != "whatsapp" or "GRAPH_URL" not in self._settings
        )
        self._queue = {
            "min_backoff": RETRY_MIN_S,
            "max_backoff": RETRY_MAX_S,
            "max_doublings": RETRY_DOUBLINGS,
            "per_second": DISPATCHES_PER_SECOND,
        } | (queue or {})
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._postgres: postgres.Postgres | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._stopping = threading.Event()
        self._life = threading.Lock()
        self.ports: dict[str, int] = {}
        self._secrets: dict[str, str] = {}
        self._moved: tuple[str, str] | None = None
        self._asks = _Asks()
        self.sources: dict[str, Path] = {}
        """The trees from which functions are started, by name, where it is not this tree: another release."""

    # life

    def start(self) -> Where:
        """Start everything and return where it is. When a part does not start, everything is stopped again.
        Raises NotStarted.
        """
        bypass_proxies()
        self._close_folders()
        self._take_lock()
        try:
            self._secrets = self._kept_secrets() | {
                name: self._settings[of] for name, of in _OWN.items() if of in self._settings
            }
            self.ports = self._chosen_ports()
            self._start_guard()
            simulated = ", WhatsApp simulado" if "whatsapp" in self._started else ""
            self._say(f"Encendiendo el almacenamiento, la cola{simulated} y las dos funciones…")
            for name in self._started:
                self.launch(name)
            first = not (self.home / "postgres" / "data").exists()
            self._say(
                "Preparando Postgres (la primera vez tarda unos segundos)…"
                if first
                else "Encendiendo Postgres…"
            )
            self._start_postgres()
            self._say("Esperando a que las funciones respondan…")
            for name in self._started:
                self.wait_ready(name)
            where = self.where()
            self._keep("stack.json", asdict(where))
        except (OSError, RuntimeError, postgres.PostgresFailed, NotStarted) as error:
            self.stop()
            raise error if isinstance(error, NotStarted) else NotStarted(str(error)) from error
        except BaseException:
            self.stop()
            raise
        return where

    def stop(self) -> None:
        """Stop everything: SIGTERM to each service, SIGKILL to its whole group after five seconds, Postgres
        last.

        Only the service itself is told, as in the cloud. Its children die with it; a signal to them would
        make a file that is being opened look like one that kills.
        """
        with self._life:
            self._stopping.set()
        if self._lock:  # without the lock, the file is another supervisor's
            (self.home / "stack.json").unlink(missing_ok=True)
        for process in self.processes.values():
            process.terminate()
        until = time.monotonic() + _STOP_S
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.01, until - time.monotonic()))
            _signal(process, signal.SIGKILL)
            process.wait()
            self._tell_guard(-process.pid, 0)
        self.processes.clear()
        if self._postgres:
            self._postgres.stop()
            self._tell_guard(-self._postgres.process.pid, 0)
            self._postgres = None
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def watch(self) -> None:
        """Start again what ends by itself, as the cloud would, and the worker when it is to ask another
        Gemini or SUNAT, until `stop`.
        """
        while not self._stopping.wait(0.2):
            with self._life:
                if not self._stopping.is_set():
                    self._revive()

    def _revive(self) -> None:
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self._tell_guard(-process.pid, 0)
                self._say(f"«{name}» terminó (código {process.returncode}); se enciende otra vez.")
                self.launch(name)
            elif name == "worker" and self._asks != (asks := _Asks.of(self.home)):
                self._asks = asks
                self._say("«worker» termina lo que tiene, para preguntarle a otro Gemini o a SUNAT.")
                process.terminate()  # it takes no more, and answers what it has: nothing waits for a lease
        if self._postgres and self._postgres.process.poll() is not None:
            self._say("Postgres terminó; se enciende otra vez.")
            self._start_postgres()

    # single services, for suites that break them

    def pid(self, name: str) -> int:
        """Returns the process id of a service."""
        if name == "postgres":
            assert self._postgres is not None
            return self._postgres.process.pid
        return self.processes[name].pid

    def launch(self, name: str) -> None:
        """Start one service on its port; `wait_ready` tells when it answers (Postgres does at once)."""
        if name == "postgres":
            self._start_postgres()
            return
        if name == "storage":
            with self._log(name) as log:
                self.processes[name] = storage.launch(self.home / "storage", self.ports[name], (BUCKET,), log)
        else:
            self._asks = _Asks.of(self.home) if name == "worker" else self._asks
            with self._log(name) as log:
                self.processes[name] = subprocess.Popen(
                    self._command(name),
                    env=self._environment(name),
                    cwd=self.sources.get(name, ROOT),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    umask=0o077,
                )
        self._tell_guard(self.processes[name].pid, signal.SIGKILL)
        # The page may kill a service and needs its process.
        self._keep("processes.json", {each: process.pid for each, process in self.processes.items()})

    def kill(self, name: str) -> None:
        """SIGKILL a service's whole process group; nothing starts it again but `launch` (or `watch`)."""
        with self._life:  # `watch` must not think that it died by itself
            if name == "postgres":
                assert self._postgres is not None
                process, self._postgres = self._postgres.process, None
            else:
                process = self.processes.pop(name)
        _signal(process, signal.SIGKILL)
        process.wait()
        self._tell_guard(-process.pid, 0)

    def wait_ready(self, name: str) -> None:
        """Wait until the service answers. Raises NotStarted with the end of its log when it ends or takes too
        long.
        """
        until = time.monotonic() + _READY_S
        while not self._answers(name):
            process = self.processes[name]
            if process.poll() is not None or time.monotonic() > until:
                raise NotStarted(
                    f"«{name}» no arrancó. El final de {self.log_path(name)}:\n{_tail(self.log_path(name))}"
                )
            time.sleep(0.05)

    def log_path(self, name: str) -> Path:
        """The file of a service's output: JSON lines for the functions."""
        return self.home / "logs" / f"{name}.log"

    def url(self, name: str) -> str:
        """Returns a service's address."""
        return f"http://{HOST}:{self.ports[name]}"

    def where(self) -> Where:
        """Returns all addresses and secrets."""
        assert self._postgres is not None
        return Where(
            home=str(self.home),
            pid=os.getpid(),
            page=f"{self.url('whatsapp')}/web/" if "whatsapp" in self._started else "",
            simulator=self._settings.get("GRAPH_URL") or self.url("whatsapp"),
            webhook=f"{self.url('webhook')}/webhook/whatsapp",
            worker=f"{self.url('worker')}/",
            tasks=self.url("tasks"),
            storage=self.url("storage"),
            dsn=self._postgres.dsn("cuadra_ops", self._secrets["cuadra_ops"]),
            admin_dsn=self._postgres.dsn(),
            app_secret=self._secrets["app_secret"],
            verify_token=self._secrets["verify_token"],
            access_token=self._secrets["access_token"],
        )

    # parts

    def _answers(self, name: str) -> bool:
        if name != "webhook":
            return listens(self.ports[name])
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": "ready",
            "hub.verify_token": self._secrets["verify_token"],
        }
        try:
            return requests.get(f"{self.url(name)}/webhook/whatsapp", params=query, timeout=2).text == "ready"
        except requests.RequestException:
            return False

    def _command(self, name: str) -> list[str]:
        port = str(self.ports[name])
        if name == "tasks":
            more = ["--retarget", *self._moved] if self._moved else []
            options = [
                "--db",
                str(self.home / "tasks.sqlite"),
                "--queue",
                QUEUE,
                "--sweep-url",
                f"{self.url('worker')}/",
                "--set",
                json.dumps(self._queue),
            ]
            return [sys.executable, "-m", "infra.local.tasks", "--port", port, *options, *more]
        if name == "whatsapp":
            options = [
                "--home",
                str(self.home / "whatsapp"),
                "--stack",
                str(self.home),
                "--webhook",
                f"{self.url('webhook')}/webhook/whatsapp",
            ]
            return [sys.executable, "-m", "infra.local.whatsapp", "--port", port, *options]
        if name == FAKE_GEMINI:
            return [sys.executable, "-m", "infra.local.gemini", "--port", port, "--behaviour", "slow"]
        if name == FAKE_SUNAT:
            return [sys.executable, "-m", "infra.local.sunat", "--port", port, "--home", str(self.home)]
        return [sys.executable, "-m", "infra.local.function"]

    def _environment(self, name: str) -> dict[str, str]:
        given = os.environ | {"PYTHONUNBUFFERED": "1"}
        whatsapp = {
            "WHATSAPP_APP_SECRET": self._secrets["app_secret"],
            "WHATSAPP_VERIFY_TOKEN": self._secrets["verify_token"],
            "WHATSAPP_ACCESS_TOKEN": self._secrets["access_token"],
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER_ID,
        }
        if name not in FUNCTIONS:
            return given | whatsapp
        database = (
            f"postgresql+pg8000://cuadra_app:{self._secrets['cuadra_app']}"
            f"@{HOST}:{self.ports['postgres']}/postgres"
        )
        own = {
            "FUNCTION_TARGET": name,
            "PORT": str(self.ports[name]),
            "WORKERS": "1",
            "THREADS": "8",
            "GRAPH_URL": self.url("whatsapp"),
            **(
                {"SUNAT_RATES_URL": self.url("whatsapp") + sunat_rates.PATH}
                if "whatsapp" in self._started
                else {}
            ),
            "GOOGLE_CLOUD_PROJECT": "cuadra-local",
            "INBOX": f"sqlite:{self.home / 'inbox.sqlite'}",
            "MEDIA_BUCKET": BUCKET,
            "STORAGE_EMULATOR_HOST": self.url("storage"),
            "TASKS_QUEUE": QUEUE,
            "TASKS_ENDPOINT": self.url("tasks"),
            "WORKER_URL": f"{self.url('worker')}/",
            "WEBHOOK_URL": f"{self.url('webhook')}/webhook/whatsapp",
            "DATABASE_URL": database,
            "GEMINI": os.environ.get("GEMINI") or ("key" if os.environ.get("GEMINI_API_KEY") else "off"),
        }
        if name == "webhook":
            own.pop("DATABASE_URL")
        slow = (
            {"GEMINI": "key", "GEMINI_API_KEY": "fake", "GEMINI_URL": self.url(FAKE_GEMINI)}
            if self._asks.slow_gemini
            else {}
        )
        return given | whatsapp | own | self._settings | slow | (self._sunat() if self._asks.sunat else {})

    def _sunat(self) -> dict[str, str]:
        ruc, client_id, secret = sunat.CREDENTIALS
        url = self.url(FAKE_SUNAT)
        return {
            "SUNAT_RUC": ruc,
            "SUNAT_CLIENT_ID": client_id,
            "SUNAT_CLIENT_SECRET": secret,
            "SUNAT_URL": url,
            "SUNAT_LOGIN_URL": url,
        }

    def _start_postgres(self) -> None:
        self._postgres = postgres.start(self.home / "postgres", self.ports["postgres"])
        self._tell_guard(self._postgres.process.pid, signal.SIGINT)
        postgres.prepare(self._postgres, {login: self._secrets[login] for login in LOGINS})

    def _close_folders(self) -> None:
        """Makes the state folder and those in it, for its owner alone; as root, Postgres runs as nobody, who
        must pass through it.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("logs", "storage", "whatsapp"):
            (self.home / name).mkdir(exist_ok=True)
            (self.home / name).chmod(0o700)

    def _take_lock(self) -> None:
        self._lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            raise NotStarted(
                f"Ya hay una demo encendida con la carpeta {self.home}. Para tener otra a la vez: "
                "CUADRA_HOME=otra-carpeta make demo"
            ) from error

    def _kept_secrets(self) -> dict[str, str]:
        kept = self._read("secrets.json")
        made = {
            name: kept.get(name) or secrets.token_hex(16)
            for name in ("app_secret", "verify_token", "access_token", *LOGINS)
        }
        self._keep("secrets.json", made)
        return made

    def _chosen_ports(self) -> dict[str, int]:
        """Returns the ports that the environment names (CUADRA_PORT_WEBHOOK…), else those of the last time
        that are free, else any free one.
        """
        kept = self._read("ports.json")
        given = _given_ports()
        taken = set(given.values())
        ports: dict[str, int] = {}
        for name in SERVICES:
            port = given.get(name) or kept.get(name)
            while name not in given and (not port or port in taken or not is_free(port)):
                port = free_port()
            assert port
            taken.add(port)
            ports[name] = port
        if kept.get("worker") and kept["worker"] != ports["worker"]:
            self._moved = (f"http://{HOST}:{kept['worker']}/", f"http://{HOST}:{ports['worker']}/")
        self._keep("ports.json", ports)
        return ports

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.home / name).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def _keep(self, name: str, value: object) -> None:
        fresh = self.home / f"{name}.new"
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(value, file, indent=1)
        fresh.replace(self.home / name)

    def _log(self, name: str) -> IO[bytes]:
        return self.log_path(name).open("ab")

    def _start_guard(self) -> None:
        script = str(Path(__file__).with_name("guard.py"))
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", script], stdin=subprocess.PIPE, start_new_session=True
        )

    def _tell_guard(self, pid: int, number: int) -> None:
        if self._guard and self._guard.stdin:
            self._guard.stdin.write(f"{pid} {int(number)}\n".encode())
            self._guard.stdin.flush()


def _given_ports() -> dict[str, int]:
    """Returns the ports that the environment names. Raises NotStarted for one that cannot be had."""
    found: dict[str, int] = {}
    for name in SERVICES:
        variable = f"CUADRA_PORT_{name.upper()}"
        if not (given := os.environ.get(variable)):
            continue
        if not re.fullmatch(r"[1-9][0-9]{0,4}", given) or int(given) > 65535:
            raise NotStarted(f"{variable}={given}: un puerto es un número de 1 a 65535.")
        if int(given) in found.values():
            raise NotStarted(f"{variable}={given}: ese puerto ya es de otro servicio.")
        if not is_free(int(given)):
            raise NotStarted(f"{variable}={given}: ese puerto está ocupado.")
        found[name] = int(given)
    return found


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _tail(path: Path, limit: int = 1500) -> str:
    return path.read_bytes()[-limit:].decode(errors="replace") if path.exists() else ""
