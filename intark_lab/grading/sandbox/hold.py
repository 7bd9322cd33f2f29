"""What a process does to itself before it runs a stranger's code, and cannot undo."""

import os
import resource
import signal
from contextlib import suppress

from intark_lab.grading.sandbox import landlock, linux, root, seccomp
from intark_lab.grading.submission import Limits

LAB, SUBMISSION = 64_001, 64_002
"""Users and groups that root's own children become; nobody else has them."""
MIB = 1 << 20
_CHANCE = ("/dev/random", "/dev/urandom", "/dev/zero")


def as_lab(level: str, limits: Limits) -> None:
    """Hold the lab: it answers a stranger's calls, and needs memory and a place to sort rows in."""
    if level == "full":
        linux.unshare(linux.NEWNS)
        root.private_folders(limits.disk, _uid(LAB))
        _become(LAB)
        _own_user_namespace()
        linux.set_dumpable(False)
    if level != "unsafe":
        linux.die_with_parent(signal.SIGKILL)
        _limit(limits)
        linux.no_new_privileges()
        seccomp.refuse()


def as_submission(level: str, limits: Limits, folder: str, port: int) -> None:
    """Hold the submission; `folder` is what it may write where it has no file system of its own,
    `port` the lab's.

    Raises OSError where the level cannot be had.
    """
    if level == "full":
        linux.unshare(linux.NEWNS | linux.NEWIPC | linux.NEWUTS)
        linux.set_hostname("submission")
        root.private_folders(limits.disk, _uid(SUBMISSION))
        _become(SUBMISSION)
        _own_user_namespace()
    elif level == "reduced":
        os.chown(folder, _uid(SUBMISSION), -1)
        _become(SUBMISSION)
    _limit(limits)
    if level != "unsafe":
        _limit_processes(limits.processes + _others(level))
        linux.die_with_parent(signal.SIGKILL)
        linux.no_new_privileges()
        linux.drop_capabilities()
        if level == "reduced":
            landlock.confine([*root.sources(), *_CHANCE], [folder, os.devnull], [port])
        seccomp.refuse()


def _uid(wanted: int) -> int:
    """Only root can become somebody else."""
    return wanted if os.geteuid() == 0 else os.geteuid()


def _become(user: int) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        linux.set_dumpable(True)


def _own_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.NEWUSER)
    linux.map_to_self(uid, gid)
    linux.drop_capabilities()


def _limit(limits: Limits) -> None:
    """Per process; what all of them use together is watched from outside."""
    for what, most in (
        (resource.RLIMIT_AS, _address_space() + limits.memory * MIB),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_FSIZE, limits.disk * MIB),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _limit_processes(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _others(level: str) -> int:
    """Threads that this user has already; in a user namespace of its own, nobody has any."""
    if level == "full":
        return 0
    count = 0
    for process in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if os.stat(f"/proc/{process}").st_uid == os.geteuid():
                count += len(os.listdir(f"/proc/{process}/task"))
    return count


def _address_space() -> int:
    """What the process has before it begins, bytes: the warm process's imports."""
    with open("/proc/self/statm", encoding="utf-8") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
