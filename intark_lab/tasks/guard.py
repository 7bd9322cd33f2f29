"""Runs a learner's function where it can neither hang the notebook nor write to stderr."""

import ctypes
import linecache
import os
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr
from contextvars import copy_context

from intark_lab import paths

SECONDS = 20.0
LINE = 64
"""Characters of a line that are shown."""


class TimeUp(BaseException):
    """The function was still running after its time. No `except Exception` holds it back."""


def guarded(work: Callable, seconds: float = SECONDS):
    """`work()`, in a thread of its own. Raises TimeUp, or what `work` raised.

    A thread has no running event loop, so `asyncio.run` works in it as it does in a program. What
    goes to stderr is shown as ordinary output: nbgrader takes all points for text on stderr.
    """
    box: dict = {}
    context = copy_context()
    thread = threading.Thread(target=context.run, args=(_boxed, work, box), daemon=True)
    with redirect_stderr(sys.stdout):
        thread.start()
        try:
            thread.join(seconds)
        finally:
            stuck = thread.is_alive()
            if stuck:
                _end(thread)
    if stuck:
        raise TimeUp
    if "error" in box:
        raise box["error"]
    return box["value"]


def _boxed(work: Callable, box: dict) -> None:
    try:
        box["value"] = work()
    except BaseException as error:
        box["error"] = error


def _end(thread: threading.Thread) -> None:
    """Raise TimeUp inside the thread, again where its code swallows it. A sleep ends by itself."""
    for _ in range(20):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TimeUp)
        )
        thread.join(0.02)
        if not thread.is_alive():
            return


def told(error: BaseException) -> dict:
    """Type, message, line number and line of an exception, as far as it is the learner's."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_theirs(frame)]
    line, number = (frames[-1].line.strip(), frames[-1].lineno) if frames else ("", 0)
    message = _without_key(str(error).strip().partition("\n")[0])
    return {
        "type": type(error).__name__,
        "said": message[:200],
        "line": line if len(line) <= LINE else line[: LINE - 1] + "…",
        "number": number,
    }


def _without_key(message: str) -> str:
    """An error of httpx may name an address, and an address may hold a key."""
    key = os.environ.get("INTARK_API_KEY")
    return message.replace(key, "***") if key else message


def _is_theirs(frame: traceback.FrameSummary) -> bool:
    """Code with a source that belongs to no library: a cell, a script, a module of their own."""
    libraries = (*(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),)
    ours = (*libraries, str(paths.PACKAGE))
    return not frame.filename.startswith(ours) and bool(linecache.getline(frame.filename, 1))
