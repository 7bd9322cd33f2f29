"""The calls to Linux that Python 3.11 has no name for. All raise OSError."""

import ctypes
import fcntl
import os
import socket
import struct

NEWNS, NEWUTS, NEWIPC = 0x00020000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
"""Kinds of namespaces."""

RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
BIND, REC, PRIVATE = 4096, 16384, 1 << 18
"""How something is mounted."""

_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_MOUNT_SETATTR = 442
_PDEATHSIG, _DUMPABLE, _CAPBSET_DROP, _SUBREAPER, _NO_NEW_PRIVS = 1, 4, 24, 36, 38
_CAPABILITIES_3 = 0x20080522


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments) -> int:
    """What the C function answers."""
    result = getattr(libc(), name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments) -> int:
    return call("syscall", ctypes.c_long(number), *arguments)


def machine() -> str:
    return os.uname().machine


def unshare(kinds: int) -> None:
    """Leave the namespaces of these kinds for new ones; of pids, the next child does."""
    call("unshare", kinds)


def join(namespace: int, kind: int) -> None:
    """Enter the namespace behind an open file of /proc/PID/ns."""
    call("setns", namespace, kind)


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    call("mount", *(each and each.encode() for each in (source, target, kind)), flags, _text(data))


def seal(target: str) -> None:
    """Make a mount, and all below it, read-only (Linux 5.12)."""
    wanted = struct.pack("QQQQ", RDONLY | NOSUID, 0, 0, 0)
    syscall(_MOUNT_SETATTR, _AT_FDCWD, target.encode(), _AT_RECURSIVE, wanted, len(wanted))


def change_root(folder: str) -> None:
    """Make `folder`, a mount of its own, the root, and let go of the old one."""
    os.chdir(folder)
    syscall(_PIVOT_ROOT[machine()], b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")


def map_to_self(uid: int, gid: int) -> None:
    """In a new user namespace: be the user and group that one was outside, and nobody else."""
    for file, line in (("setgroups", "deny"), ("uid_map", _one(uid)), ("gid_map", _one(gid))):
        with open(f"/proc/self/{file}", "w", encoding="utf-8") as out:
            out.write(line)


def loopback_up() -> None:
    """Bring up the loopback of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS


def set_hostname(name: str) -> None:
    call("sethostname", name.encode(), len(name))


def die_with_parent(signal: int) -> None:
    call("prctl", _PDEATHSIG, signal, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    call("prctl", _SUBREAPER, 1, 0, 0, 0)


def set_dumpable(on: bool) -> None:
    """Whether others of this user may look into the process, and it into its own /proc."""
    call("prctl", _DUMPABLE, int(on), 0, 0, 0)


def no_new_privileges() -> None:
    call("prctl", _NO_NEW_PRIVS, 1, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every capability for good, over namespaces of one's own too."""
    with open("/proc/sys/kernel/cap_last_cap", encoding="utf-8") as file:
        last = int(file.read())
    for capability in range(last + 1):
        libc().prctl(_CAPBSET_DROP, capability, 0, 0, 0)  # fails where there is none to drop
    call("capset", struct.pack("II", _CAPABILITIES_3, 0), bytes(24))


def _one(number: int) -> str:
    return f"{number} {number} 1"


def _text(data: str | None) -> bytes | None:
    return data.encode() if data else None
