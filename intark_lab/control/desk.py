"""Where tasks are opened, judged and recorded, for one institution."""

import json
from datetime import UTC, datetime

from intark_lab import journal
from intark_lab.control import probe, solved
from intark_lab.control.words import LAST_HINT, judged, next_step, unfit
from intark_lab.institution import Institution
from intark_lab.tasks import TASKS
from intark_lab.tasks.task import Bench, Task
from intark_lab.texts import text

SOLUTION_SEEN = LAST_HINT + 1
"""The level in the table of hints that says: three hints, then the solution."""


class Desk:
    """The tasks of one lab. What learners did is kept in its store."""

    def __init__(self, institution: Institution):
        self._institution = institution
        self._store = institution.store
        self._probes: dict[str, probe.Probe] = {}

    def open(self, task: Task) -> dict:
        """The task's inputs; calls before this moment no longer count for it."""
        params = task.inputs(self._bench(task))
        with self._store.transaction():
            self._store.write(
                "INSERT OR REPLACE INTO window VALUES (?, ?, ?)",
                *(task.id, self._store.last_usage(), json.dumps(params)),
            )
        return {"params": params}

    def start(self, task: Task) -> dict:
        """Begin a check of a function: what to drive it with, and a key to do so."""
        self._end_probe(task)
        begun = self._probes[task.id] = probe.begin(self._institution, task)
        access = {"key": begun.key, "application": begun.application}
        return {**access, **task.orders(self._bench(task))}

    def judge(self, task: Task, evidence: dict) -> dict:
        """Verdict on an attempt, which is recorded, in words."""
        bench = self._bench(task)
        self._end_probe(task)
        verdict = unfit(task, bench, evidence) or task.judge(bench, evidence)
        now = self._institution.clock.ms()
        with self._store.transaction():
            self._store.insert(
                "attempt",
                task=task.id,
                at=now,
                points=verdict.points,
                outcome=verdict.outcome,
                kind=" ".join(verdict.messages),
            )
        return {
            **judged(task, verdict),
            "next": next_step(task, verdict, self._level(task)),
            "record": {
                "task": task.id,
                "attempt": self._attempts(task)["count"],
                "time": datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="seconds"),
                "outcome": verdict.outcome,
                "hint_level": self._level(task),
            },
        }

    def hint(self, task: Task) -> dict:
        """The next hint; after the last one, that one again."""
        level = min(self._level(task) + 1, LAST_HINT)
        self._keep_level(task, level)
        offer = "tasks.hint-next" if level < LAST_HINT else "tasks.hint-last"
        return {
            "title": text("tasks.hint-title", task=task.id, level=level, last=LAST_HINT),
            "text": text(task.hints[level - 1]),
            "next": text(offer, task=task.id),
            "record": {"task": task.id, "hint_level": level},
        }

    def solution(self, task: Task) -> dict:
        """The code of the solved exercise."""
        self._keep_level(task, SOLUTION_SEEN)
        return {
            "title": text("tasks.solution-title", task=task.id, title=text(f"{task.name}.title")),
            "code": solved.code(task),
            "record": {"task": task.id, "hint_level": SOLUTION_SEEN},
        }

    def progress(self) -> dict:
        """Every task with its best points, attempts and hints, in order."""
        return {"tasks": [self._standing(task) for task in TASKS.values()]}

    def forget(self) -> None:
        """The lab was reset: the probes' applications are gone."""
        self._probes.clear()

    def _standing(self, task: Task) -> dict:
        attempts = self._attempts(task)
        return {
            "task": task.id,
            "unit": text(f"{task.name.partition('.')[0]}.title"),
            "title": text(f"{task.name}.title"),
            "minutes": task.minutes,
            "points": attempts["best"] or 0.0,
            "max": task.points,
            "attempts": attempts["count"],
            "hint_level": self._level(task),
        }

    def _bench(self, task: Task) -> Bench:
        started = self._probes.get(task.id)
        window = self._store.one("SELECT * FROM window WHERE task = ?", task.id)
        after = started.after if started else window["opened_after"] if window else 0
        return Bench(
            seed=self._institution.seed,
            truth=self._institution.sources,
            params=json.loads(window["params"]) if window else None,
            calls=journal.calls(self._store, after),
            probe=started.subscription if started else None,
        )

    def _end_probe(self, task: Task) -> None:
        if (started := self._probes.pop(task.id, None)) is not None:
            probe.end(self._institution, started)

    def _attempts(self, task: Task):
        return self._store.one(
            "SELECT count(*) AS count, max(points) AS best FROM attempt WHERE task = ?", task.id
        )

    def _level(self, task: Task) -> int:
        row = self._store.one("SELECT level FROM hint WHERE task = ?", task.id)
        return row["level"] if row else 0

    def _keep_level(self, task: Task, level: int) -> None:
        with self._store.transaction():
            self._store.write(
                "INSERT OR REPLACE INTO hint VALUES (?, ?)",
                *(task.id, max(level, self._level(task))),
            )
