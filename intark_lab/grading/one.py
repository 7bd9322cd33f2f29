"""Grades one submission: `grade_one`, the same function for threads, processes and Dask's workers.

Each process that calls it has a warm process of its own, started when first needed.
"""

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import cache

from intark_lab.grading.inside.frames import Broken, Frames
from intark_lab.grading.sandbox import root
from intark_lab.grading.submission import Flag, Job, Report, Score
from intark_lab.texts import text

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "INTARK_LAB_TEXTS", "PYTHONPATH", "LD_LIBRARY_PATH")
PATIENCE = 120.0
"""Seconds that the warm process may take to be ready, on a slow disk."""
SLACK = 60.0
"""Seconds beyond a notebook's own before a report is no longer waited for."""


class NotHeld(Exception):
    """Submissions cannot be held here at the level that was asked for; the message says why."""


def grade_one(job: Job) -> Report:
    """Run a submission and say what became of it. It never raises for what the submission does.

    Raises NotHeld where the level cannot be had on this machine.
    """
    return warm(job.level).grade(job)


class Warm:
    """A warm process, and what is asked of it. Threads may share it.

    It gets warm while its maker does something else; `wait` is for when that is done.
    """

    def __init__(self, level: str):
        self.level = level
        self._turn = threading.Lock()
        self._folder = tempfile.mkdtemp(prefix="intark-grading-")
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "intark_lab.grading.warm", level, self._folder],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_environ(self._folder),
                start_new_session=True,
            )
        self._ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self) -> None:
        """Until it is ready. Raises NotHeld where the level cannot be had."""
        with self._turn:
            if not self._ready:
                self._await()
                self._ready = True

    def grade(self, job: Job) -> Report:
        self.wait()
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._turn:
                socket.send_fds(self._control, [b"1"], [theirs.fileno()])
            frames = Frames(ours, most=256 << 20)
            frames.send(_frame(job))
            return _report(frames.receive(job.limits.notebook_seconds + SLACK))
        except (Broken, OSError) as error:  # TimeoutError is one
            return _lost(job, error)
        finally:
            ours.close()

    def close(self) -> None:
        """End it, and with it all that it forked."""
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()
        with suppress(OSError):
            os.rmdir(self._folder)

    def _await(self) -> None:
        try:
            answer = Frames(self._control).receive(PATIENCE)
        except (Broken, TimeoutError) as error:
            answer = {"failed": self._last_words() or repr(error)}
        if "failed" in answer:
            self.close()
            raise NotHeld(text("grade.not-held", level=self.level, error=answer["failed"]))

    def _last_words(self) -> str:
        self._process.kill()
        lines = self._process.stderr.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def warm(level: str) -> Warm:
    """This process's warm process of that level, started where there is none yet."""
    with _lock:
        return _warm(level, os.getpid())


_lock = threading.Lock()


@cache
def _warm(level: str, _process: int) -> Warm:
    made = Warm(level)
    atexit.register(made.close)
    return made


def _environ(folder: str) -> dict[str, str]:
    """What the warm process needs of the environment, and nothing of the grader's own."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    own = {"HOME": folder, "NBGRADER_EXECUTION": "autograde", "PYTHONDONTWRITEBYTECODE": "1"}
    places = {"SQLITE_TMPDIR": root.TEMPORARY}  # sqlite looks once, when it is loaded
    return {**kept, **own, **places, "OPENBLAS_NUM_THREADS": "1"}


def _frame(job: Job) -> dict:
    files = {name: content.hex() for name, content in job.files.items()}
    return asdict(job) | {"notebook": job.notebook.decode(), "files": files}


def _report(frame: dict) -> Report:
    scores = [Score(**score | {"messages": tuple(score["messages"])}) for score in frame["scores"]]
    flags = [Flag(**flag) for flag in frame["flags"]]
    plain = {"notebook": frame["notebook"].encode(), "scores": tuple(scores), "flags": tuple(flags)}
    return Report(**frame | plain)


def _lost(job: Job, error: Exception) -> Report:
    """The report where none came."""
    words = text("grade.failed.lost", error=str(error) or type(error).__name__)
    return Report(job.student, job.unit, job.notebook, failure=words, seed=job.seed)
