"""Runs the notebook of one submission, cell by cell, and writes its report."""

import json
import os
import signal
import socket
import time
from dataclasses import asdict, replace

from intark_lab.grading import judging, trust
from intark_lab.grading.inside.frames import Broken, Frames
from intark_lab.grading.repair.released import check_call
from intark_lab.grading.sandbox import linux
from intark_lab.grading.submission import Flag, Job, Limits, Report, Score
from intark_lab.grading.warden import Ended, Warden


class Run:
    """One submission on its way."""

    def __init__(self, job: Job, hidden: list[str]):
        self._job = job
        self._warden = Warden(job, hidden)
        self._notebook = json.loads(job.notebook)
        self._scores: dict[str, Score] = {}
        self._flags: list[Flag] = []
        self._outside: list[dict] = []
        """What the lab was asked while no test cell ran."""

    def report(self) -> Report:
        """Run the notebook as far as it goes."""
        began, failure = time.monotonic(), ""
        cells = [cell for cell in self._notebook["cells"] if cell["cell_type"] == "code"]
        for cell in cells:
            cell["outputs"], cell["execution_count"] = [], None
        try:
            self._warden.open()
            for number, cell in enumerate(cells):
                self._cell(number, cell)
        except (Ended, Broken, OSError) as error:
            failure = str(error) or type(error).__name__
        cpu = self._warden.close()
        self._flags += judging.asked_often(self._outside)
        if self._warden.strange_frames:
            self._flags.append(Flag("frames", "", str(self._warden.strange_frames)))
        return Report(
            self._job.student,
            self._job.unit,
            json.dumps(self._notebook, ensure_ascii=False, indent=1).encode(errors="replace"),
            tuple(self._score(cell) for cell in cells if _task(cell)),
            tuple(dict.fromkeys(self._flags)),
            self._job.level,
            self._job.seed,
            failure,
            time.monotonic() - began,
            cpu,
        )

    def _cell(self, number: int, cell: dict) -> None:
        source, task = "".join(cell["source"]), _task(cell)
        if not source.strip():
            return
        if task:
            self._canary(task)
        try:
            said = self._warden.cell(str(number), source, test=bool(task))
        except Ended as error:
            cell["outputs"] = [_stopped(str(error))]
            raise
        cell["outputs"] = trust.outputs(said.get("outputs"), self._job.limits.cell_output)
        cell["execution_count"] = trust.count(said.get("count"))
        if task:
            self._judge(cell, task, trust.names(said.get("changes")))

    def _canary(self, task: str) -> None:
        """A cell like the next one, about a task that is not there, must reach the lab as it is."""
        self._outside += self._warden.judged()
        name = f"{task}{int.from_bytes(os.urandom(2)):05}"
        self._warden.cell(name, f'check("{name}", ...)', counted=False)
        seen = [each for each in self._warden.judged() if each["task"] == name]
        if [each.get("untried") for each in seen] != [True]:
            self._flags.append(Flag("canary", "", task))

    def _judge(self, cell: dict, task: str, changes: list[str]) -> None:
        grade = cell["metadata"]["nbgrader"]
        name, judged = grade["grade_id"], self._warden.judged()
        value = judging.value(cell["outputs"])
        score, flags = judging.scored(name, task, float(grade["points"]), judged, value)
        self._scores[name] = score
        self._flags += flags
        if changes:
            self._flags.append(Flag("changed", name, ", ".join(changes)))

    def _score(self, cell: dict) -> Score:
        """Nothing, where the cell was not reached."""
        grade = cell["metadata"]["nbgrader"]
        nothing = Score(grade["grade_id"], _task(cell), 0.0, float(grade["points"]), "none")
        return self._scores.get(grade["grade_id"], nothing)


def _task(cell: dict) -> str | None:
    """The task that a test cell is about; None for every other cell."""
    grade = cell["metadata"].get("nbgrader", {})
    if not grade.get("grade") or grade.get("solution"):
        return None
    call = check_call("".join(cell["source"]))
    return call and call[0]


def _stopped(words: str) -> dict:
    return {"output_type": "error", "ename": "Stopped", "evalue": words, "traceback": [words]}


def supervise(connection: socket.socket, hidden: list[str]) -> None:
    """Take a job from the connection, and answer with its report."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    linux.adopt_orphans()
    frames = Frames(connection)
    frames.send(_told(Run(_job(frames.receive()), hidden).report()))


def _job(frame: dict) -> Job:
    files = {name: bytes.fromhex(content) for name, content in frame["files"].items()}
    limits = Limits(**frame["limits"])
    plain = {"notebook": frame["notebook"].encode(), "files": files, "limits": limits}
    return Job(**frame | plain)


def _told(report: Report) -> dict:
    return asdict(replace(report, notebook=b"")) | {"notebook": report.notebook.decode()}
