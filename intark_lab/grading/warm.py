"""The warm process: it has all imports, waits, and forks a process for each submission.

It is a process of its own and never sees a gradebook, a solution or another submission. At the
full level it has left the machine's file system behind before the first submission comes.
`one` starts it as `python -m intark_lab.grading.warm LEVEL FOLDER`, its standard input a socket.
"""

import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec

from intark_lab import settings
from intark_lab.doors import DOORS
from intark_lab.grading.inside import kernel, modules
from intark_lab.grading.inside.frames import Frames
from intark_lab.grading.sandbox import linux, root
from intark_lab.grading.supervise import supervise
from intark_lab.institution import Institution
from intark_lab.tasks import TASKS
from intark_lab.texts import catalogue


def main(level: str, folder: str) -> None:
    """Get ready in an empty folder, say so, and fork until the other side is gone."""
    control = socket.socket(fileno=0)
    try:
        hidden = _ready(level, folder)
    except OSError as error:
        Frames(control).send({"failed": str(error)})
        return
    Frames(control).send({"ready": level})
    _serve(control, hidden)


def _ready(level: str, folder: str) -> list[str]:
    """Move to where the level holds submissions, and import; the modules that hide at first.

    Raises OSError where the machine does not allow it.
    """
    uid, gid = os.geteuid(), os.getegid()
    if level == "full":
        _new_namespaces(uid, gid)
    hidden = modules.load()
    kernel.warm_up(folder)
    _load_the_course()
    if level == "full":
        root.build(folder, uid, gid)
    gc.collect()
    gc.freeze()
    return hidden


def _new_namespaces(uid: int, gid: int) -> None:
    """Go on as the first process of new namespaces; the one before waits for its end."""
    kinds = linux.NEWNS | linux.NEWPID
    linux.unshare(kinds if uid == 0 else kinds | linux.NEWUSER)
    if uid != 0:
        linux.map_to_self(uid, gid)
    if child := os.fork():
        os.close(0)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    linux.die_with_parent(signal.SIGKILL)


def _load_the_course() -> None:
    """Read all texts and documents, and load what labs and checks load when first needed."""
    catalogue(settings.read().texts)
    for unit in {task.name.partition(".")[0] for task in TASKS.values()}:
        if find_spec(drives := f"intark_lab.tasks.{unit}.drives"):
            import_module(drives)
    institution = Institution.fresh(0)
    for door in DOORS.values():
        door.load()(institution)
    institution.close()


def _serve(control: socket.socket, hidden: list[str]) -> None:
    while True:
        ready, _, _ = select.select([control], [], [], 1.0)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not ready:
            continue
        message, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _supervise(handles[0], hidden)
        os.close(handles[0])


def _supervise(handle: int, hidden: list[str]) -> None:
    try:
        supervise(socket.socket(fileno=handle), hidden)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
