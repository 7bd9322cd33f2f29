"""A process forked for one submission: its connection, its life, and its end."""

import os
import signal
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress

from intark_lab.grading.inside.frames import Frames
from intark_lab.grading.sandbox import linux

FRAME = 16 << 20
"""Bytes of the longest frame that is taken from a stranger's process."""
PATIENCE = 20.0
"""Seconds that a process may take to read what it is sent."""


class Child:
    """A forked process that runs `work(connection)` and nothing else."""

    def __init__(self, work: Callable[[socket.socket], None], level: str):
        ours, theirs = socket.socketpair()
        self.pid = _fork(level)
        if self.pid == 0:
            _only(work, theirs)
        theirs.close()
        ours.settimeout(PATIENCE)
        self.frames = Frames(ours, FRAME)
        self._cpu: float | None = None

    def interrupt(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)

    def end(self) -> float:
        """Kill it, wait until it is gone, and say how much processor time it took, seconds."""
        if self._cpu is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            _, _, used = os.wait4(self.pid, 0)
            self._cpu = used.ru_utime + used.ru_stime
            self.frames.close()
        return self._cpu


def _only(work: Callable[[socket.socket], None], connection: socket.socket) -> None:
    """The child's life. It never returns."""
    try:
        os.setsid()  # a signal to one's process group passes through namespaces
        _close_all_but(connection.fileno())
        work(connection)
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        with suppress(BaseException):
            said = f"{error!r} ({os.path.basename(last.filename)}:{last.lineno})"
            Frames(connection).send({"failed": said})
    finally:
        os._exit(0)


def _close_all_but(kept: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    for handle in map(int, os.listdir("/dev/fd")):
        if handle > 2 and handle != kept:
            with suppress(OSError):
                os.close(handle)


def _fork(level: str) -> int:
    """Fork; at the full level as the first process of a pid namespace: with it, all in it die."""
    if level != "full":
        return os.fork()
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    linux.unshare(linux.NEWPID)
    if pid := os.fork():
        linux.join(own, linux.NEWPID)
    os.close(own)
    return pid


def descendants(ancestor: int, without: int) -> list[int]:
    """Processes below `ancestor`, but for `without` and those below that one."""
    children: dict[int, list[int]] = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            children.setdefault(_parent(pid), []).append(int(pid))
    found, left = [], [ancestor]
    while left:
        below = [pid for pid in children.get(left.pop(), ()) if pid != without]
        found += below
        left += below
    return found


def _parent(pid: str) -> int:
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def resident(pids: list[int]) -> int:
    """Bytes of memory that these processes have, what they share counted for each. Quick."""
    pages = 0
    for pid in pids:
        with suppress(OSError), open(f"/proc/{pid}/statm", encoding="utf-8") as file:
            pages += int(file.read().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def proportional(pids: list[int]) -> int:
    """The same, but what several processes share is divided among all that have it. Slower."""
    kilobytes = 0
    for pid in pids:
        with suppress(OSError), open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
            kilobytes += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return kilobytes * 1024
