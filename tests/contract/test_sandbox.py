"""A hostile decoder and a hostile engine against the filter that confines them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.extractor import sandbox
from functions.extractor.engines import ocr
from functions.extractor.opening import child
from functions.extractor.page import OpeningFailed, UnreadableFile
from functions.extractor.process import receive, send, start_process
from tests.contract import hostile

pytestmark = pytest.mark.contract

VICTIM = """
import ctypes, time
ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_long(-1), 0, 0, 0)  # Yama: anybody may trace it
kept = ctypes.create_string_buffer(b"secret")
print(ctypes.addressof(kept), flush=True)
time.sleep(600)
"""


@pytest.fixture
def told(tmp_path: Path) -> Iterator[bytes]:
    """What the hostile code is told: another process of this user with its secret, a folder, and a port that
    listens.
    """
    for name in ("secret", "old", "name"):
        (tmp_path / name).write_text("x")
    victim = subprocess.Popen([sys.executable, "-c", VICTIM], stdout=subprocess.PIPE)
    assert victim.stdout
    with victim, socket.create_server(("127.0.0.1", 0)) as listening:
        where = {
            "pid": victim.pid,
            "address": int(victim.stdout.readline()),
            "folder": str(tmp_path),
            "port": listening.getsockname()[1],
        }
        yield json.dumps(where).encode()
        victim.kill()


def as_hostile(monkeypatch: pytest.MonkeyPatch, module: object, role: str) -> None:
    """`module` starts the hostile process in the place of its own."""
    monkeypatch.setattr(module, "start_process", lambda *_: start_process("tests.contract.hostile", role))


NONE = dict.fromkeys(hostile.tries(0, 0, "", 0, 0), 0)


def test_a_hostile_decoder_reaches_nothing(told: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that took over the opening child fails at every try to reach the network, a program, a file, the
    log or another process.
    """
    as_hostile(monkeypatch, child, "opening")
    with contextlib.closing(child.Opener()) as one:
        assert one.open(told, "image/*", seconds=30).steps == NONE


def test_a_hostile_engine_reaches_nothing(told: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that took over the OCR engine's process fails at every one of the same tries."""
    as_hostile(monkeypatch, ocr, "engine")
    with contextlib.closing(ocr.Ocr(slots=1)) as one:
        assert {box.text: box.conf for box in one.read(told, seconds=30).boxes} == NONE


def test_unconfined_the_same_tries_succeed(told: bytes) -> None:
    """Without the filter every try succeeds, but for what some kernels refuse to everybody: it is the filter
    that refuses them.
    """
    process, sock = start_process("tests.contract.hostile", "free")
    with process, sock:
        send(sock, {}, told)
        found, _ = receive(sock, seconds=30)
    assert {name for name, done in found.items() if not done} <= hostile.ALSO_REFUSED


@pytest.mark.parametrize(("role", "said"), [("opening", "confined"), ("old kernel", "not_confined")])
def test_a_kernel_that_refuses_the_filter_is_told_once(
    role: str, said: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says once, when the opening server is ready, whether children are confined; where they cannot
    be, files open all the same.
    """
    as_hostile(monkeypatch, child, role)
    caplog.set_level(logging.INFO, "cuadra")
    with contextlib.closing(child.Opener()) as one:
        for _ in range(2):
            with contextlib.suppress(UnreadableFile, OpeningFailed):
                one.open(b"no picture", "image/*", seconds=30)
    assert [record.message for record in caplog.records] == [said]


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_confined_process_still_ends_as_itself(number: signal.Signals) -> None:
    """A decoder that aborts or crashes inside the filter dies of that signal, by which its file is judged."""
    crash = {signal.SIGABRT: "os.abort()", signal.SIGSEGV: "__import__('ctypes').string_at(0)"}[number]
    code = f"import os, ctypes\nfrom functions.extractor import sandbox\nsandbox.confine()\n{crash}"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -number


FOREIGN = """
import ctypes, mmap
from functions.extractor import sandbox
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))  # getpid, by its number of 32 bits
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
sandbox.confine()
call()
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="written in that machine's code")
def test_calls_by_another_machines_numbers_kill() -> None:
    """Numbers mean other calls on another architecture: whoever asks by them is killed, not answered."""
    done = subprocess.run([sys.executable, "-c", FOREIGN], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGSYS


def test_both_machines_filters_allow_the_same() -> None:
    """Each architecture's table has a number for every free call, once; only calls that the other does not
    have come on top.
    """
    tables = {name: kernel.free for name, kernel in sandbox._KERNELS.items()}
    assert {name: len(set(free)) - len(sandbox._FREE) for name, free in tables.items()} == {
        "x86_64": 2,
        "aarch64": 0,
    }
