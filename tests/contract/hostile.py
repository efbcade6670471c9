"""What code that took over a decoder would try: run by test_sandbox.py in the place of the opening and of the
engine, or free, for comparison.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from functions.extractor import sandbox
from functions.extractor.engines import ocr
from functions.extractor.opening import server
from functions.extractor.page import Opened
from functions.extractor.process import receive, send

_LIBC = ctypes.CDLL(None, use_errno=True)
_KERNEL = sandbox._KERNELS[os.uname().machine]
_LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_ATTACH, _DETACH = 16, 17
"".encode("idna")  # imported for the first address that is connected to: afterwards nothing can be


def _call(function: Any, *arguments: Any) -> int:
    done: int = function(*arguments)
    if done < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return done


def _forked(fork: Callable[[], int]) -> None:
    if fork() == 0:
        os._exit(0)


class _Span(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("length", ctypes.c_size_t))


def _peek(call: Any, pid: int, address: int) -> None:
    """The other process's memory, by process_vm_readv or process_vm_writev: one byte, which is written as it
    was.
    """
    buffer = ctypes.create_string_buffer(b"s")
    own, other = _Span(ctypes.addressof(buffer), 1), _Span(address, 1)
    _call(call, pid, ctypes.byref(own), 1, ctypes.byref(other), 1, 0)


def _trace(pid: int) -> None:
    _call(_LIBC.ptrace, _ATTACH, pid, None, None)
    os.waitpid(pid, 0x40000000)
    _call(_LIBC.ptrace, _DETACH, pid, None, None)


def _memory(pid: int, address: int) -> None:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        memory.read(1)


def tries(pid: int, address: int, folder: str, port: int, kept: int) -> dict[str, Callable[[], object]]:
    """Each try by its name: it raises OSError where it is refused. `pid` is another process, with a byte "s"
    at `address`; `port` listens.
    """
    here, secret = Path(folder), Path(folder) / "secret"
    return {
        "an Internet socket": lambda: socket.socket().close(),
        "a connection": lambda: socket.create_connection(("127.0.0.1", port), timeout=2).close(),
        "a datagram": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
        "a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "a pair of sockets": socket.socketpair,
        "a pipe": os.pipe,
        "another descriptor": lambda: os.dup(kept),
        "a descriptor given away": lambda: socket.send_fds(
            socket.socket(fileno=os.dup(kept)), [b"x"], [kept]
        ),
        "exec": lambda: os.execve("/bin/true", ["true"], {}),
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "fork": lambda: _forked(os.fork),
        "fork by clone": lambda: _forked(
            lambda: _call(_LIBC.syscall, _KERNEL.clone, signal.SIGCHLD, 0, 0, 0, 0)
        ),
        "read a file": secret.read_bytes,
        "list a folder": lambda: next(here.iterdir()),
        "ask for a file": secret.stat,
        "make a file": (here / "made").touch,
        "write a file": lambda: secret.open("r+b").close(),
        "remove a file": (here / "old").unlink,
        "rename a file": lambda: (here / "name").rename(here / "renamed"),
        "make a folder": (here / "folder").mkdir,
        "make a link": lambda: (here / "link").symlink_to(secret),
        "open a file to all": lambda: secret.chmod(0o666),
        "a file in memory": lambda: os.memfd_create("x"),
        "write to the log": lambda: os.write(1, b"") and None,
        "write to the error log": lambda: os.write(2, b"") and None,
        "another's environment": Path(f"/proc/{pid}/environ").read_bytes,
        "another's memory": lambda: _memory(pid, address),
        "another's memory by a call": lambda: _peek(_LIBC.process_vm_readv, pid, address),
        "write another's memory": lambda: _peek(_LIBC.process_vm_writev, pid, address),
        "trace another": lambda: _trace(pid),
        "signal another": lambda: os.kill(pid, 0),
        "signal another's thread": lambda: _call(_LIBC.syscall, _KERNEL.tgkill, pid, pid, 0),
        "hold another": lambda: os.pidfd_open(pid),
        "another's limits": lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE),
        "slow another down": lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        "bind another to a processor": lambda: os.sched_setaffinity(pid, os.sched_getaffinity(0)),
        "leave the session": os.setsid,
        "another folder": lambda: os.chdir("/"),
        "a name of its own": lambda: _call(_LIBC.prctl, 15, b"x", 0, 0, 0),
        "a call of another ABI": lambda: _call(_LIBC.syscall, 0x40000000 | 39),
        "a ring of calls": lambda: _call(
            _LIBC.syscall, 425, 1, ctypes.byref(ctypes.create_string_buffer(120))
        ),
        "a new user": lambda: _call(_LIBC.unshare, 0x10000000),
    }


ALSO_REFUSED = {"a call of another ABI", "a ring of calls", "a new user"}
"""What some kernels refuse to everybody."""


def _succeeded(one: Callable[[], object]) -> bool:
    try:
        one()
    except (OSError, ValueError):
        return False
    return True


def _free(one: Callable[[], object]) -> bool:
    """As `_succeeded`, in a process of its own that no filter confines; exec ends it well."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _succeeded(one) else 1)
    return os.waitpid(pid, 0)[1] == 0


def _opened(data: bytes, *_: object) -> tuple[dict[str, Any], list[bytes]]:
    return Opened(
        "", 1, steps={name: _succeeded(one) for name, one in tries(**json.loads(data), kept=_held()).items()}
    ).to_wire()


def _held() -> int:
    """The one descriptor that is left: no folder can be listed to find it."""
    return next(number for number in range(4096) if _is_open(number))


def _is_open(number: int) -> bool:
    try:
        os.lseek(number, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno != 9
    return True


class _Engine:
    def read(self, raster: bytes, _: object) -> list[list[Any]]:
        return [
            [name, 0, 0, 0, 0, _succeeded(one)]
            for name, one in tries(**json.loads(raster), kept=_held()).items()
        ]


def _refused() -> None:
    raise OSError(38, "Function not implemented")


def _serve_free(sock: socket.socket) -> None:
    _, (told,) = receive(sock)
    spare, _other = socket.socketpair()
    send(sock, {name: _free(one) for name, one in tries(**json.loads(told), kept=spare.fileno()).items()})


if __name__ == "__main__":
    control = socket.socket(fileno=int(sys.argv[1]))
    match sys.argv[2]:
        case "opening":
            server._opened = _opened
            server.serve(control)
        case "engine":
            ocr._FasterPaddle = _Engine  # type: ignore[misc]  # that is the point
            ocr._cut = lambda raster, *_: ocr._Picture(raster, 0, 0, 1, 1)
            ocr._serve(control, "")
        case "free":
            _serve_free(control)
        case "old kernel":
            sandbox.confine = _refused
            server.serve(control)
