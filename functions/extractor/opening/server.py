"""The opening server: a process with everything loaded, that forks one confined child a file and says how
each of them ended.

It starts with an environment of its own (no secrets), and its first word says whether this kernel confines
its children (sandbox.py); a fork costs milliseconds. The standard library's forkserver would import the
caller's `__main__` into every child and inherit its environment, which a functions-framework worker cannot
offer safely from its threads. The control socket brings two sockets a file: one is the child's, for the file
and its answer; on the other the server tells how the child ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from typing import Any

from functions.extractor import sandbox
from functions.extractor.opening import files, tables
from functions.extractor.opening.document import TABLE
from functions.extractor.page import UnreadableFile
from functions.extractor.process import Broken, receive, send

MEMORY = 1200 * 1024 * 1024
CPU_S = 10
"""Processor seconds of any file. A photo of 48 megapixels took 2.1, a PDF of five scans of 12 megapixels
3.1.
"""
_PDF_CPU_S, _PAGE_CPU_S = 3, 2
"""Processor seconds of a PDF, and of each of its pages beside. Of 267 PDFs of the corpus the slowest took
0.6, a page that is a photo of 48 megapixels 1.2; a slow instance takes four times that.
"""
_CLOCK = 2
"""Wall-clock seconds allowed for each processor second: a child with more than half a processor meets the
processor's limit first.
"""
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def serve(control: socket.socket) -> None:
    """Says that it is ready, then forks a child for each pair of sockets; ends, with its children, when the
    control socket closes.
    """
    files.prepare()
    tables.prepare()
    refusal = sandbox.refusal()
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # what counts is the byte in `woken`
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    fates: dict[int, socket.socket] = {}
    send(control, {"refusal": refusal})
    while True:
        readable, _, _ = select.select([control, woken], [], [])
        if woken in readable:
            woken.recv(4096)
            _bury(fates)
        if control in readable:
            message, fds, _, _ = socket.recv_fds(control, 1, 2)
            if not message:
                signal.set_wakeup_fd(-1)  # children may end as the sockets close
                return
            sockets = [socket.socket(fileno=fd) for fd in fds]
            if len(sockets) == 2:
                _fork(sockets[0], sockets[1], fates)
            else:  # no descriptor was left for them
                for sock in sockets:
                    sock.close()


def _fork(sock: socket.socket, fate: socket.socket, fates: dict[int, socket.socket]) -> None:
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError:  # no process can be made: both sockets close without a word, as if the server had died
        sock.close()
        fate.close()
        return
    if pid:
        sock.close()
        fates[pid] = fate
        return
    status = 1
    with contextlib.suppress(BaseException):
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sandbox.keep_only(sock.fileno())
        _confine(server)
        _answer(sock)
        status = 0
    os._exit(status)


def _bury(fates: dict[int, socket.socket]) -> None:
    """Collects every child that has ended, and tells its opener how it ended."""
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        ended = {
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "cpu_s": used.ru_utime + used.ru_stime,
        }
        with fates.pop(pid) as fate, contextlib.suppress(Broken):  # the opener waits no longer
            send(fate, ended)


# --- the child ----------------------------------------------------------------------------------------------


def _confine(server: int) -> None:
    """Sets what a child may use, before a byte of the file is read."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:  # the server died before the signal was set
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _limit(CPU_S, CPU_S * _CLOCK)
    with contextlib.suppress(OSError):  # a kernel without the filter: the server has said so
        sandbox.confine()


def _limit(cpu_s: int, clock_s: float) -> None:
    """Limits processor seconds since the child began and wall-clock seconds from now; the default action of
    either signal ends the child.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, CPU_S + 1))
    signal.setitimer(signal.ITIMER_REAL, max(0.1, clock_s))


def _answer(sock: socket.socket) -> None:
    header, (data,) = receive(sock, seconds=CPU_S * _CLOCK)
    end = time.monotonic() + float(header["seconds"])

    def counted(pages: int) -> None:
        cpu_s = min(CPU_S, _PDF_CPU_S + _PAGE_CPU_S * pages)
        _limit(cpu_s, min(cpu_s * _CLOCK, end - time.monotonic()))

    if header["media_type"] == "application/pdf":
        counted(1)
    else:
        _limit(CPU_S, end - time.monotonic())
    answer, blobs = _opened(data, header["media_type"], counted)
    sock.settimeout(None)
    try:
        send(sock, answer, *blobs)
    except MemoryError:  # nothing was sent yet, and the message needs memory for its header alone
        send(sock, _TOO_MUCH)


_TOO_MUCH: dict[str, Any] = {"error": "too_complex", "message": "out of memory"}


def _opened(data: bytes, media_type: str, counted: files.Counted) -> tuple[dict[str, Any], list[bytes]]:
    try:
        if media_type == TABLE:
            return {}, [json.dumps(tables.open_table(data), ensure_ascii=False).encode("utf-8", "replace")]
        return files.open_file(data, media_type, counted).to_wire()
    except UnreadableFile as error:
        return {"error": error.code, "message": error.message}, []
    except MemoryError:
        return _TOO_MUCH, []
    except Exception as error:  # noqa: BLE001 - what decoders refuse was told above: this is our own code's, whatever provoked it
        return {"error": "internal", "message": type(error).__name__}, []


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
