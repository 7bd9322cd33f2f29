"""Where tasks are opened, judged and recorded, for one institution."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from intark_lab import journal
from intark_lab.control import probe, solved, stages
from intark_lab.control.occasions import Occasions
from intark_lab.control.stages import Setting, Stage
from intark_lab.control.usage import Usage
from intark_lab.control.view import View
from intark_lab.control.words import LAST_HINT, judged, next_step, unfit
from intark_lab.institution import Institution
from intark_lab.tasks import TASKS, code
from intark_lab.tasks.task import Bench, Task
from intark_lab.texts import text

SOLUTION_SEEN = LAST_HINT + 1
"""The level in the table of hints that says: three hints, then the solution."""
BROUGHT = "brought"
"""The outcome that says: these points were reached in another lab."""


class Begun(NamedTuple):
    """A check of a function: the newest call when it began, and who calls."""

    after: int
    probe: probe.Probe | None


class Desk:
    """The tasks of one lab. What learners did is kept in its store."""

    def __init__(self, institution: Institution, occasions: Occasions):
        self._institution, self._occasions = institution, occasions
        self._store = institution.store
        self._begun: dict[str, Begun] = {}
        self._view = View(institution.store, Usage(institution))

    async def open(self, task: Task, origin: str) -> dict:
        """The task's inputs; calls before this moment no longer count for it."""
        params = task.inputs(self._bench(task)) | await self._staged(stages.OPENED, task, origin)
        with self._store.transaction():
            self._store.write(
                "INSERT OR REPLACE INTO window(task, opened_after, params) VALUES (?, ?, ?)",
                *(task.id, self._store.last_usage(), json.dumps(params)),
            )
        return {"params": params}

    async def start(self, task: Task, origin: str) -> dict:
        """Begin a check of a function: what to drive it with, and a key where it needs one."""
        self._end_check(task)
        staged = await self._staged(stages.STARTED, task, origin)
        access = probe.begin(self._institution, task) if task.plan else None
        self._begun[task.id] = Begun(self._store.last_usage(), access)
        given = {"key": access.key, "application": access.application} if access else {}
        return {**given, **staged, **task.orders(self._bench(task))}

    def judge(self, task: Task, evidence: dict) -> dict:
        """Verdict on an attempt, which is recorded, in words."""
        bench = self._bench(task)
        self._end_check(task)
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
        """Every task with its best points, attempts and hints; and the points as a code."""
        standings = [self._standing(task) for task in TASKS.values()]
        reached = {
            each["task"]: int(each["points"]) if each["tried"] else None for each in standings
        }
        return {"tasks": standings, "code": code.encode(reached)}

    def bring(self, points: dict[str, int]) -> None:
        """Count points that were reached in another lab; what is better here stays."""
        with self._store.transaction():
            for task in filter(None, map(TASKS.get, points)):
                self._store.insert(
                    "attempt",
                    task=task.id,
                    at=self._institution.clock.ms(),
                    points=min(points[task.id], task.points),
                    outcome=BROUGHT,
                    kind="",
                )

    def forget(self) -> None:
        """The lab was reset: the probes' applications are gone."""
        self._begun.clear()

    def _standing(self, task: Task) -> dict:
        attempts = self._attempts(task)
        return {
            "task": task.id,
            "unit": text(f"{task.name.partition('.')[0]}.title"),
            "title": text(f"{task.name}.title"),
            "minutes": task.minutes,
            "points": attempts["best"] or 0.0,
            "max": task.points,
            "tried": attempts["best"] is not None,
            "attempts": attempts["count"],
            "hint_level": self._level(task),
        }

    def _bench(self, task: Task) -> Bench:
        begun = self._begun.get(task.id)
        window = self._store.one("SELECT * FROM window WHERE task = ?", task.id)
        after = begun.after if begun else window["opened_after"] if window else 0
        return Bench(
            seed=self._institution.seed,
            truth=self._institution.sources,
            params=json.loads(window["params"]) if window else None,
            calls=journal.calls(self._store, after),
            probe=begun.probe.subscription if begun and begun.probe else None,
            view=self._view,
        )

    async def _staged(self, settings: dict[str, Setting], task: Task, origin: str) -> dict:
        """What the lab prepared for the task, where it has something to prepare."""
        if task.id not in settings:
            return {}
        return await settings[task.id](Stage(self._institution, self._occasions, origin))

    def _end_check(self, task: Task) -> None:
        begun = self._begun.pop(task.id, None)
        if begun is not None and begun.probe is not None:
            probe.end(self._institution, begun.probe)

    def _attempts(self, task: Task):
        return self._store.one(
            "SELECT count(*) FILTER (WHERE outcome != ?) AS count, max(points) AS best "
            "FROM attempt WHERE task = ?",
            *(BROUGHT, task.id),
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
