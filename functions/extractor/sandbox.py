"""Limits what a process that decodes strangers' bytes may ask of the kernel: memory, threads, time, and the
sockets that it holds. Linux only.

A seccomp filter allows the calls that the decoders and the engine were seen to make, and refuses every other
one with EPERM: no file is opened, no socket made, no program run, no other process signalled, traced or read.
It is installed after everything has been loaded. Where a kernel refuses the filter (a sandbox around us may),
the limits of server.py remain, and the log says so.

python -m functions.extractor.sandbox    exits with 1 and a word where this kernel refuses the filter
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data` (linux/seccomp.h); an argument has eight bytes, of which the first four
are compared.
"""

_FIONBIO = 0x5421
_NEW_THREAD = 0x3D0F00
"""The flags of clone with which glibc makes a thread (sysdeps/unix/sysv/linux/createthread.c)."""


@dataclass(frozen=True, slots=True)
class _Kernel:
    """One architecture: its AUDIT_ARCH and its calls' numbers (linux/audit.h, asm/unistd.h)."""

    audit: int
    seccomp: int
    clone: int
    clone3: int
    ioctl: int
    prlimit64: int
    tgkill: int
    free: tuple[int, ...]
    """Calls that reach nothing but the process itself and the descriptors that it holds, in the order of
    _FREE; those of this machine alone last.
    """


_FREE = (
    "read", "write", "readv", "writev", "close", "lseek", "ppoll", "pselect6", "sendto", "recvfrom", "mmap",
    "munmap", "mremap", "mprotect", "madvise", "brk", "futex", "sched_yield", "sched_getaffinity",
    "set_robust_list", "rseq", "membarrier", "getpid", "gettid", "getrandom", "getrusage", "sysinfo",
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "setitimer",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "sigaltstack", "restart_syscall", "exit", "exit_group",
)  # fmt: skip
_KERNELS = {
    "x86_64": _Kernel(
        audit=0xC000003E, seccomp=317, clone=56, clone3=435, ioctl=16, prlimit64=302, tgkill=234,
        free=(
            0, 1, 19, 20, 3, 8, 271, 270, 44, 45, 9, 11, 25, 10, 28,
            12, 202, 24, 204, 273, 334, 324, 39, 186, 318, 98, 99,
            228, 229, 230, 35, 96, 38, 13, 14, 15,
            131, 219, 60, 231,
            7, 23,  # poll, select
        ),
    ),
    "aarch64": _Kernel(
        audit=0xC00000B7, seccomp=277, clone=220, clone3=435, ioctl=29, prlimit64=261, tgkill=131,
        free=(
            63, 64, 65, 66, 57, 62, 73, 72, 206, 207, 222, 215, 216, 226, 233,
            214, 98, 124, 123, 99, 293, 283, 172, 178, 278, 165, 179,
            113, 114, 115, 101, 169, 103, 134, 135, 139,
            132, 128, 93, 94,
        ),
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def confine() -> None:
    """Takes from all threads of this process, for good, every call that the filter does not allow.

    Raises:
        OSError: the kernel refuses the filter, or no filter is known for this machine.
    """
    hide()
    if platform.machine() not in _KERNELS:
        raise OSError(errno.ENOSYS, f"no filter for {platform.machine()}")
    kernel = _KERNELS[platform.machine()]
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    rules = b"".join(_rules(kernel, os.getpid()))
    program = _Program(len(rules) // 8, rules)
    if _LIBC.syscall(kernel.seccomp, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def hide() -> None:
    """Keeps other processes of this user out of this one's memory and environment (PR_SET_DUMPABLE); root may
    still look.
    """
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def keep_only(descriptor: int) -> None:
    """Closes every other descriptor: standard output is the function's log, and other sockets are other
    people's files.
    """
    for each in [int(link.name) for link in Path("/proc/self/fd").iterdir()]:
        if each != descriptor:
            with contextlib.suppress(OSError):  # the descriptor through which the list itself was read
                os.close(each)


def refusal() -> str | None:
    """Returns why a child of this process could not be confined; None where it can be. Forks: for a process
    of one thread.
    """
    ours, its = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            try:
                confine()
            except OSError as error:
                os.write(its, (error.strerror or "refused").encode())
        os._exit(0)
    os.close(its)
    with os.fdopen(ours, encoding="utf-8") as told:
        said = told.read()
    os.waitpid(pid, 0)
    return said or None


def _rules(kernel: _Kernel, own: int) -> Iterator[bytes]:
    """Yields the filter as BPF: the number of a call is looked for among the free calls, then among the calls
    that are allowed with one value of an argument only.
    """
    yield _rule(_LOAD, _MACHINE)
    yield _rule(_EQUALS, kernel.audit, 1, 0)
    yield _rule(_RETURN, _KILL)
    yield _rule(_LOAD, _NUMBER)
    for number in kernel.free:
        yield _rule(_EQUALS, number, 0, 1)
        yield _rule(_RETURN, _ALLOW)
    # The flags of clone3 are in memory, which no filter reads. Refused, glibc calls clone instead.
    yield _rule(_EQUALS, kernel.clone3, 0, 1)
    yield _rule(_RETURN, _ERRNO | errno.ENOSYS)
    for number, place, wanted in (
        (kernel.clone, 0, _NEW_THREAD),
        (kernel.ioctl, 1, _FIONBIO),  # a socket's timeout
        (kernel.prlimit64, 0, 0),  # its own limits
        (kernel.tgkill, 0, own),  # abort()
    ):
        yield _rule(_EQUALS, number, 0, 4)
        yield _rule(_LOAD, _ARGUMENTS + 8 * place)
        yield _rule(_EQUALS, wanted, 0, 1)
        yield _rule(_RETURN, _ALLOW)
        yield _rule(_RETURN, _ERRNO | errno.EPERM)
    yield _rule(_RETURN, _ERRNO | errno.EPERM)


def _rule(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """Returns one instruction (linux/filter.h), with how many instructions to skip when it holds and when it
    does not.
    """
    return struct.pack("HBBI", code, then, otherwise, value)


if __name__ == "__main__":
    sys.exit(refusal())
