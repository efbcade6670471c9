import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from infra.local.__main__ import main
from infra.local.here import HOST, free_port, is_free, listens
from infra.local.simulator import Simulator
from infra.local.stack import SERVICES, NotStarted, Stack, Where
from tests.e2e.conftest import SAMPLES, Running, eventually
from tests.scale import LEFT, only_long

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)  # as root Postgres runs as nobody, who must get in
    return tmp_path / "state"


def command(home: Path, *args: str, **more: str) -> subprocess.Popen[str]:
    environment = os.environ | {"CUADRA_HOME": str(home)} | more
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local", *args],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def up(home: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], Where]]:
    process = command(home, "up", **more)
    try:
        started(process, home)
        yield process, Where.running(home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_STOP_S)


_START_S, _STOP_S = 90.0, 60.0
"""A first start takes three seconds, a stop one; on a machine that does other work besides, much longer."""


def started(process: subprocess.Popen[str], home: Path) -> None:
    """Wait until the stack stands; one that gave up says why."""
    eventually(lambda: (home / "stack.json").exists() or process.poll() is not None, _START_S)
    assert process.poll() is None, process.communicate()[0]


def ports(home: Path) -> list[int]:
    found: dict[str, int] = json.loads((home / "ports.json").read_text())
    return list(found.values())


@pytest.mark.parametrize(
    "how",
    # A stack starts for each. None but the guard is left after SIGKILL, which is the harder of them.
    [
        pytest.param(signal.SIGINT, marks=LEFT),
        pytest.param(signal.SIGTERM, marks=LEFT),
        signal.SIGKILL,
    ],
    ids=lambda how: how.name,
)
@pytest.mark.slow("a whole stack starts and ends")
def test_nothing_outlives_the_supervisor(home: Path, how: signal.Signals) -> None:
    """After Ctrl-C, SIGTERM or SIGKILL no process of the stack is left and no port is taken."""
    # What a script runs in its background ignores Ctrl-C, and so would all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = command(home, "up")
    signal.signal(signal.SIGINT, before)
    try:
        started(process, home)
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= len(SERVICES)
    finally:
        process.send_signal(how)
        process.communicate(timeout=_STOP_S)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert not any(listens(port) for port in ports(home))


@only_long("a whole stack starts twice; only how it keeps its state could break it")
def test_state_and_addresses_survive_a_restart(home: Path) -> None:
    """The second start takes under 10 s, on the same ports, with the same secrets, senders, rows and
    files.
    """
    with up(home) as (_, first):
        simulator = Simulator(first.simulator)
        sender = simulator.add_sender(name="Ana")
        file = simulator.add_file(b"%PDF", "a.pdf")
        simulator.close()
    began = time.monotonic()
    with up(home) as (_, second):
        assert time.monotonic() - began < 10
        simulator = Simulator(second.simulator)
        assert simulator.get("/senders") == [sender]
        assert requests.get(f"{second.simulator}/_sim/files/{file}", timeout=5).content == b"%PDF"
        simulator.close()
    assert {name: getattr(first, name) for name in Where.__slots__ if name != "pid"} == {
        name: getattr(second, name) for name in Where.__slots__ if name != "pid"
    }
    assert [(home / name).stat().st_mode & 0o777 for name in ("secrets.json",)] == [0o600]


@only_long("a second whole stack starts; only how the first is locked could break it")
def test_one_folder_takes_one_stack_and_two_folders_two(home: Path, stack: Running) -> None:
    """A second start on a folder is a clear sentence; another folder runs beside it; a port of the
    environment is taken as given.
    """
    with pytest.raises(NotStarted, match="Ya hay una demo encendida"):
        Stack(stack.stack.home).start()
    second = command(stack.stack.home, "up")
    assert "Ya hay una demo encendida" in second.communicate(timeout=30)[0]
    assert (second.returncode, Where.running(stack.stack.home)) == (1, stack.where)
    port = free_port()
    with up(home, CUADRA_PORT_WHATSAPP=str(port)) as (_, where):
        assert where.simulator == f"http://127.0.0.1:{port}"
        assert requests.get(f"{stack.where.simulator}/_sim", timeout=5).ok
    assert requests.get(f"{stack.where.simulator}/_sim", timeout=5).ok


@only_long("a whole stack starts; only what is told to its processes could break it")
def test_a_number_of_ones_own_starts_and_is_asked_by_nobody_else(home: Path) -> None:
    """`up --own` starts with one's own verify token, shakes hands by it, refuses what the own secret did not
    sign, starts no simulated WhatsApp, prints no secret, and its log begins without a quarrel of the servers;
    `send` says why it cannot.
    """
    own = {
        "WHATSAPP_PHONE_NUMBER_ID": "123456789", "WHATSAPP_APP_SECRET": "of-the-app",
        "WHATSAPP_ACCESS_TOKEN": "of-the-user",
        "WHATSAPP_VERIFY_TOKEN": "any-word", "GRAPH_URL": "http://127.0.0.1:9",
    }  # fmt: skip
    process = command(home, "up", "--own", **own)
    try:
        started(process, home)
        where = Where.running(home)
        asked = {"hub.mode": "subscribe", "hub.challenge": "42"}
        answers = [
            requests.get(where.webhook, params=asked | {"hub.verify_token": word}, timeout=5)
            for word in ("any-word", "another")
        ]
        assert [(answer.status_code, answer.text) for answer in answers] == [(200, "42"), (403, "forbidden")]
        assert requests.post(where.webhook, data="{}", timeout=5).status_code == 401
        assert (where.page, listens(json.loads((home / "ports.json").read_text())["whatsapp"])) == ("", False)
        refused = command(home, "send", "--text", "Hola")
        assert "usa tu propio número" in refused.communicate(timeout=30)[0]
        for function in ("webhook", "worker"):
            assert "Traceback" not in (home / "logs" / f"{function}.log").read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=_STOP_S)[0]
    assert "con tu propio número" in said
    assert not any(secret in said for secret in ("of-the-app", "of-the-user", "any-word"))


def test_the_folder_that_is_named_is_the_one_that_is_cleaned(tmp_path: Path) -> None:
    """`make clean` removes the state that CUADRA_HOME names, and nothing that is no demo's."""
    state, other = tmp_path / "state", tmp_path / "papers"
    for folder in (state, other):
        folder.mkdir()
    (state / "lock").touch()
    done = [
        subprocess.run(
            ["make", "clean"],
            cwd=ROOT,
            env=os.environ | {"CUADRA_HOME": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        for folder in (state, other)
    ]
    assert [
        (one.returncode == 0, folder.exists()) for one, folder in zip(done, (state, other), strict=True)
    ] == [
        (True, False),
        (False, True),
    ]
    assert "no es la carpeta de una demo" in done[1].stdout


@contextmanager
def taken(variable: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment names a port on which somebody listens."""
    with socket.socket() as busy, monkeypatch.context() as patch:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        patch.setenv(variable, str(busy.getsockname()[1]))
        yield


def test_a_port_that_is_taken_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port named by the environment that is busy is a sentence, not a traceback."""
    with taken("CUADRA_PORT_TASKS", monkeypatch), pytest.raises(NotStarted, match="CUADRA_PORT_TASKS"):
        Stack(home).start()


@only_long("a whole stack starts after it was refused; only how it locks its folder could break it")
def test_a_stack_that_was_refused_starts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a start that a busy port prevented nothing stays behind, neither a lock nor a port."""
    with taken("CUADRA_PORT_TASKS", monkeypatch), pytest.raises(NotStarted):
        Stack(home).start()
    stack = Stack(home)
    stack.start()
    stack.stop()
    assert all(is_free(port) for port in ports(home))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"WEBHOOK": "0"}, "CUADRA_PORT_WEBHOOK=0: un puerto es un número de 1 a 65535"),
        ({"WEBHOOK": "99999"}, "CUADRA_PORT_WEBHOOK=99999: un puerto es un número de 1 a 65535"),
        ({"WEBHOOK": "8o80"}, "CUADRA_PORT_WEBHOOK=8o80: un puerto es un número de 1 a 65535"),
        ({"WEBHOOK": "48123", "WORKER": "48123"}, "ese puerto ya es de otro servicio"),
    ],
)
def test_a_port_that_cannot_be_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], told: str
) -> None:
    """What is no port, or another service's, is a sentence that names the variable."""
    for name, port in given.items():
        monkeypatch.setenv(f"CUADRA_PORT_{name}", port)
    with pytest.raises(NotStarted, match=re.escape(told)):
        Stack(home).start()


def test_a_port_that_is_named_is_taken_from_who_had_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port kept for one service and now named for another goes to the one that is named."""
    home.mkdir()
    port = free_port()
    (home / "ports.json").write_text(json.dumps({"whatsapp": port}))
    monkeypatch.setenv("CUADRA_PORT_WEBHOOK", str(port))
    chosen = Stack(home)._chosen_ports()
    assert chosen["webhook"] == port
    assert len(set(chosen.values())) == len(SERVICES)


def test_everything_listens_on_this_machine_only(stack: Running) -> None:
    """Each listening socket of the stack is bound to 127.0.0.1, but the storage emulator's, which has a
    loopback address of its own behind its guard.
    """
    roots = [psutil.Process(stack.stack.pid(name)) for name in SERVICES]
    mine = [each for root in roots for each in (root, *root.children(recursive=True))]
    bound = {
        c.laddr.ip
        for process in mine
        if process.is_running()
        for c in process.net_connections("tcp")
        if c.status == psutil.CONN_LISTEN
    }
    assert HOST in bound
    assert [ip for ip in bound if not ip.startswith("127.")] == []


def test_a_service_that_dies_is_started_again(stack: Running) -> None:
    """A killed worker is back, as the cloud would start another instance."""
    process = stack.stack.processes["worker"]
    os.killpg(process.pid, signal.SIGKILL)
    eventually(lambda: stack.stack.processes["worker"].pid != process.pid)
    stack.stack.wait_ready("worker")


def test_first_contact_is_the_welcome_and_its_rows(stack: Running, ana: str) -> None:
    """A first "Hola" gets the welcome for text; tenant, user and reply are rows; the log has a canonical line
    and no phone.
    """
    sent, reading = stack.ask(ana, text="Hola")
    phone = next(sender["phone"] for sender in stack.sim.get("/senders") if sender["id"] == ana)
    assert reading.answers[sent[0]["wamid"]] == [
        (
            "👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto o PDF de tu boleta/factura y "
            "la analizaré por ti."
        )
    ]
    (user,) = stack.sql(
        "select t.whatsapp_number, u.* from auth.users u join auth.tenants t on t.id = u.tenant_id where "
        "u.phone = :phone",
        phone=phone,
    )
    assert (user["whatsapp_number"], user["role"], user["onboarding_step"], user["source"]) == (
        phone,
        "owner",
        "complete",
        "whatsapp",
    )
    for name in ("webhook", "worker"):
        stack.line(name, tenant=user["tenant_id"])
        assert phone not in stack.logs(name)
        assert stack.where.access_token not in stack.logs(name)


def test_send_plays_files_into_a_running_stack(
    stack: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`send` prints the question and its answer and exits 0; an unknown file and a folder without a stack are
    sentences and exit 1.
    """
    # Each process of its own takes a second of processor: the refusals are had in this one.
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    done = command(
        stack.stack.home, "send", "--from", "51911222333", "--text", "Hola", str(SAMPLES / "carta.docx")
    )
    shown, _ = done.communicate(timeout=90)
    assert done.returncode == 0, shown
    assert re.search(r"(?s)Hola.*registrar automáticamente.*Solo puedo leer fotos y PDFs", shown)
    (tmp_path / "enorme.pdf").write_bytes(b"%PDF" + bytes(111 * 1024 * 1024))
    for home, arguments, told in (
        (stack.stack.home, ["/nothing.pdf"], "No existe el archivo /nothing.pdf\n"),
        (
            stack.stack.home,
            ["--from", "123", "--text", "Hola"],
            "--from 123: el número lleva de 8 a 15 dígitos",
        ),
        (stack.stack.home, [str(tmp_path / "enorme.pdf")], "El WhatsApp simulado no lo aceptó"),
        (tmp_path / "none", ["--text", "Hola"], "No hay ninguna demo encendida"),
    ):
        monkeypatch.setenv("CUADRA_HOME", str(home))
        capsys.readouterr()
        assert main(["send", *arguments]) == 1
        assert told in capsys.readouterr().err
