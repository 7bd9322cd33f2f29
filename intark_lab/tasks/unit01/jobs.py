"""Task 1.1: who does what. A point for the parts of the platform, a point for the people."""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit01.words import known
from intark_lab.texts import text

PARTS = {
    "find": "API catalogue",
    "grant": "API manager",
    "check": "API gateway",
    "copy": "message queue",
    "connect": "self-service portal",
}
PEOPLE = {
    "offer": "provider",
    "fetch": "consumer",
    "allow": "data owner",
    "tend": "data steward",
}
ALL = PARTS | PEOPLE
NAMES = tuple(sorted(ALL.values(), key=str.casefold))
"""By the alphabet, which gives nothing away."""


def inputs(_bench: Bench) -> dict:
    return {"jobs": sorted(ALL), "names": NAMES}


def judge(_bench: Bench, evidence: dict) -> Verdict:
    answer = evidence["answer"]
    if not isinstance(answer, dict):
        part = no("unit01.jobs.other-type", "unit01.read.jobs", type=evidence["type"])
        return verdict(part, part)
    if any(known(key, NAMES) for key in answer):
        part = no("unit01.jobs.turned-round", "unit01.read.jobs")
        return verdict(part, part)
    given = {known(job, tuple(ALL)): name for job, name in answer.items()}
    return verdict(
        _group(given, PARTS, "unit01.jobs.parts"), _group(given, PEOPLE, "unit01.jobs.people")
    )


def _group(answer: dict, jobs: dict[str, str], right: str) -> Part:
    """The point for one half of the jobs; the first mistake is told."""
    for job, expected in jobs.items():
        word = answer.get(job)
        about = {"job": job, "what": text(f"unit01.done.{job}")}
        if word is None:
            return no("unit01.jobs.missing", "unit01.read.jobs", **about)
        name = known(word, NAMES)
        if name is None:
            names = ", ".join(NAMES)
            return no("unit01.jobs.no-such-name", "unit01.read.jobs", word=word, names=names)
        if name != expected:
            does = text(f"unit01.done.{_job_of(name)}")
            return no("unit01.jobs.wrong", "unit01.read.parts", name=name, does=does, **about)
    return yes(right)


def _job_of(name: str) -> str:
    return next(job for job, one in ALL.items() if one == name)
