"""Task 4.1: three formats, one shape. A point for what and where, a point for when.

What is right is read off the very messages that the learner's function was given.
"""

import json
from datetime import UTC, datetime, timedelta

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

SCIM = "urn:ietf:params:event:SCIM:"
WORDS = {"create": "create", "modify": "update", "delete": "delete"}
PLACES = {
    "personer": "/fs/studenter/v1",
    "emner": "/fs/emner/v1",
    "undervisningsaktiviteter": "/fs/emner/v1",
    "aktiviteter": "/tp/timeplan/v1",
}
READ = "unit04.read.formats"
CLOSE = timedelta(seconds=1)


def orders(_bench: Bench) -> dict:
    return {"call": "parse(method, properties, body)", "arguments": 3}


def judge(_bench: Bench, evidence: dict) -> Verdict:
    gateway, read = evidence["gateway"], evidence["read"]
    what = [_what(one, expected(one["body"], gateway), gateway) for one in read]
    when = [_when(one, expected(one["body"], gateway)) for one in read]
    parts = [
        next((part for part in what if part), yes("unit04.reading.what", count=len(read))),
        next((part for part in when if part), yes("unit04.reading.when")),
    ]
    if any("raised" in one for one in read):
        return Verdict("raised", parts)
    return verdict(*parts)


def expected(body: str, gateway: str) -> dict:
    """A notification in the common shape: `id`, `operation`, `url`, `time`, and its `format`."""
    said = json.loads(body)
    if "specversion" in said:
        operation = said["type"].rpartition(".")[2]
        return _shape("CloudEvents", said["id"], operation, said["subject"], said["time"])
    if "eventUris" in said:
        operation = WORDS[said["eventUris"][0].removeprefix(SCIM)]
        return _shape("SCIM", said["jti"], operation, said["sub"], said["iat"])
    url = gateway + PLACES[said["sub"].partition("/")[0]] + "/" + said["sub"]
    seconds = int(said["iat"]) / 1000
    return _shape(said["iss"].partition("-")[0], said["jti"], said["operation"], url, seconds)


def _shape(form: str, id_: str, operation: str, url: str, time: str | float) -> dict:
    """`form` is CloudEvents, SCIM, FS or TP."""
    at = datetime.fromtimestamp(time, UTC) if not isinstance(time, str) else _instant(time)
    return {"format": form, "id": id_, "operation": operation, "url": url, "time": at}


def _instant(time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(time)
    except ValueError:
        return None


def _what(one: dict, right: dict, gateway: str) -> Part | None:
    """What is wrong with the answer for one message, apart from its time."""
    about = {"key": one["key"], "format": right["format"]}
    if "raised" in one:
        return no("unit04.reading.raised", READ, **about, **one["raised"])
    answer = one["answer"]
    if answer is None:
        return no("unit04.reading.nothing", READ, **about)
    if not isinstance(answer, dict):
        return no("unit04.reading.other-type", READ, type=one["type"], **about)
    if lacking := {"id", "operation", "url", "time"} - answer.keys():
        return no("unit04.reading.lacking", READ, field=min(lacking), **about)
    if answer["id"] != right["id"]:
        return no("unit04.reading.id", READ, got=_short(answer["id"]), **about)
    if answer["operation"] != right["operation"]:
        words = {"got": _short(answer["operation"]), "expected": right["operation"]}
        return no("unit04.reading.operation", READ, **words, **about)
    return _address(answer["url"], right["url"], gateway, about)


def _address(got, expected: str, gateway: str, about: dict) -> Part | None:
    shown = {"got": _short(got), "expected": _bare(expected, gateway), **about}
    if got == expected:
        return None
    if isinstance(got, str) and got.lstrip("/") == expected.removeprefix(gateway).lstrip("/"):
        return no("unit04.reading.no-gateway", READ, **shown)
    if isinstance(got, str) and got.lstrip("/") and expected.endswith(f"/{got.lstrip('/')}"):
        return no("unit04.reading.no-place", READ, **shown)
    return no("unit04.reading.url", READ, **shown | {"got": _bare(_short(got, 200), gateway)})


def _when(one: dict, right: dict) -> Part | None:
    about = {"key": one["key"], "format": right["format"]}
    answer = one.get("answer")
    if not isinstance(answer, dict) or "time" not in answer:
        return no("unit04.reading.no-time", READ, **about)
    time = answer["time"]
    if not one["is_time"] or (at := _instant(str(time))) is None:
        kind = one["time_type"]
        return no("unit04.reading.no-instant", READ, got=_short(time), type=kind, **about)
    if at.tzinfo is None:
        return no("unit04.reading.naive", READ, got=time, **about)
    if abs(at - right["time"]) > CLOSE:
        name = "scale" if abs(at.year - right["time"].year) > 1 else "time"
        return no(f"unit04.reading.{name}", READ, got=time, **about)
    return None


def _short(value, most: int = 60) -> str:
    text = str(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def _bare(url: str, gateway: str) -> str:
    """An address as a reader sees it: the lab's own part of it says nothing."""
    return url.replace(gateway, "GATEWAY")
