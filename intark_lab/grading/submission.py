"""The nouns of grading: a Job goes in, a Report comes out, whatever machine does it.

Both are plain, picklable data. `notebook` is a repaired submission as JSON in UTF-8; what is in a
Report was made by a stranger's code, but for `scores` and `flags`, which are the grader's own.
"""

from dataclasses import dataclass, field

LEVELS = ("unsafe", "reduced", "full")
"""How a submission is held, weakest first; intark_lab/grading/README.md says what each stops."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    memory: int = 1024
    """MiB, of all its processes together."""
    disk: int = 64
    """MiB that it may write."""
    processes: int = 96
    """Threads count as well."""
    files: int = 256
    """Open at once, in each process."""
    cell_output: int = 1_000_000
    """Bytes that are kept of one cell's output."""
    output: int = 8_000_000
    """Bytes that are kept of all cells' output."""
    cell_seconds: float = 60
    notebook_seconds: float = 180


@dataclass(frozen=True)
class Job:
    """One submission to grade."""

    student: str
    unit: str
    """Its folder's name, such as `02-call-an-api`."""
    notebook: bytes
    seed: int
    """Of its lab; see seed.grading_seed."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What lay beside the notebook, by its path from there."""
    level: str = "full"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Score:
    """What one test cell earned, as the lab recorded it."""

    cell: str
    """nbgrader's grade_id, such as `u2-t1-check`."""
    task: str
    """Such as 2.1."""
    points: float
    max: float
    outcome: str
    """`untried`, `wrong`, `right`, `raised`; `none` where the lab was never asked."""
    message: str = ""
    """What the learner was told: plain text, paragraphs parted by a blank line."""
    messages: tuple[str, ...] = ()
    """The names of those texts, for counting common wrong answers."""


@dataclass(frozen=True)
class Flag:
    """Something that a person should look at. It takes no points."""

    kind: str
    """`grade.flag.KIND` is a text that says what it means."""
    cell: str = ""
    evidence: str = ""
    """What was seen, in short."""


@dataclass(frozen=True)
class Report:
    """What became of one submission."""

    student: str
    unit: str
    notebook: bytes
    """Executed; as it was handed in where it could not be run."""
    scores: tuple[Score, ...] = ()
    """One for each test cell about a task. Test cells of another kind are nbgrader's to read."""
    flags: tuple[Flag, ...] = ()
    level: str = ""
    """How it was held in fact."""
    seed: int = 0
    failure: str = ""
    """Why it was not run to its end, in words; empty when it was."""
    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds of processor time: lab and submission, children included."""

    @property
    def points(self) -> float:
        return sum(score.points for score in self.scores)
