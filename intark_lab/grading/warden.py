"""Watches over one submission's two processes, its lab and its code, and believes only the lab."""

import os
import shutil
import signal
import tempfile
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import asdict
from functools import partial

from intark_lab.grading import record
from intark_lab.grading.child import Child, descendants, proportional, resident
from intark_lab.grading.inside import submission
from intark_lab.grading.inside.frames import Broken
from intark_lab.grading.sandbox import hold, linux, root
from intark_lab.grading.submission import Job
from intark_lab.texts import text

GRACE = 5.0
"""Seconds between asking a cell to stop and ending its process."""
LOOK = 0.25
"""Seconds between two looks at what a submission uses."""
START = 30.0
"""Seconds that a lab or a kernel may take to be there."""


class Ended(Exception):
    """The submission's process is over before its notebook; the message says why, in words."""


class Warden:
    """The lab and the code of one job."""

    def __init__(self, job: Job, hidden: list[str]):
        self._job, self._hidden = job, hidden
        self._began = time.monotonic()
        self._lab: Child | None = None
        self._code: Child | None = None
        self._folder: str | None = None
        self.strange_frames = 0

    def open(self) -> None:
        """Start both. The code's process is held before it knows the lab. Raises Ended, OSError."""
        job = self._job
        if job.level == "full":
            linux.unshare(linux.NEWNET)
            linux.loopback_up()
        else:
            self._folder = tempfile.mkdtemp(prefix="submission-")
        self._lab = Child(partial(_lab, job), job.level)
        folder = self._folder or root.WORK
        self._code = Child(partial(_code, job, folder, self._hidden), job.level)
        found = self._heard(self._lab)
        files = {name: b64encode(content).decode() for name, content in job.files.items()}
        start = {"unit": job.unit, "files": files, "environ": _environ(found)}
        self._code.frames.send(start | {"port": found["port"], "limits": asdict(job.limits)})
        self._heard(self._code)

    def cell(self, name: str, source: str, test: bool = False, counted: bool = True) -> dict:
        """What the code's process says of a cell; only one that is counted is in its history.

        Raises Ended.
        """
        cell = {"id": name, "source": source, "test": test, "counted": counted}
        try:
            self._code.frames.send(cell)
            return self._waited(name)
        except Broken:
            raise Ended(text("grade.failed.died")) from None

    def judged(self) -> list[dict]:
        """What the lab was asked since this was asked last. Raises Ended where the lab is gone."""
        try:
            self._lab.frames.send({"tell": "judged"})
            return self._lab.frames.receive(START)["judged"]
        except (Broken, TimeoutError):
            raise Ended(text("grade.failed.lab")) from None

    def close(self) -> float:
        """End all that is left of it; how much processor time it took, seconds."""
        cpu = sum(child.end() for child in (self._code, self._lab) if child is not None)
        while left := descendants(os.getpid(), without=0):
            for pid in left:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(-1, 0)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        return cpu + time.process_time()

    def _heard(self, child: Child) -> dict:
        try:
            frame = child.frames.receive(START)
        except (Broken, TimeoutError) as error:
            frame = {"failed": repr(error)}
        if "failed" in frame:
            raise Ended(text("grade.failed.start", error=str(frame["failed"])[:300]))
        return frame

    def _waited(self, name: str) -> dict:
        """The answer to a cell, which is asked to end when its time is up.

        Raises Ended for a process that takes too long or too much, Broken for one that is gone.
        """
        began, asked = time.monotonic(), False
        most = self._seconds_left()
        while True:
            with suppress(TimeoutError):
                frame = self._code.frames.receive(LOOK)
                if frame.get("id") == name:
                    return frame
                self.strange_frames += 1
            self._look_at_memory()
            over = time.monotonic() - began - most
            if over > 0 and not asked:
                self._code.interrupt()
                asked = True
            elif over > GRACE:
                raise Ended(text("grade.failed.time", seconds=f"{most:.0f}"))

    def _seconds_left(self) -> float:
        """How long the next cell may take: its own time, or what the notebook has left."""
        limits = self._job.limits
        left = limits.notebook_seconds - (time.monotonic() - self._began)
        return max(min(limits.cell_seconds, left), 0.0)

    def _look_at_memory(self) -> None:
        """What is shared with the warm process hardly counts: many have it."""
        pids = descendants(os.getpid(), without=self._lab.pid)
        most = self._job.limits.memory << 20
        if resident(pids) > most and proportional(pids) > most:
            raise Ended(text("grade.failed.memory", most=self._job.limits.memory))


def _environ(found: dict) -> dict[str, str]:
    """All the variables that a submission's process has; `found` is the lab's address and token."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "INTARK_LAB_TEXTS", "OPENBLAS_NUM_THREADS")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "NBGRADER_EXECUTION": "autograde",
        "INTARK_GRADING_URL": found["url"],
        "INTARK_GRADING_TOKEN": found["token"],
    }


def _lab(job: Job, connection) -> None:
    record.run(connection, job.seed, partial(hold.as_lab, job.level, job.limits))


def _code(job: Job, folder: str, hidden: list[str], connection) -> None:
    held = partial(hold.as_submission, job.level, job.limits, folder)
    submission.run(connection, folder, hidden, held)
