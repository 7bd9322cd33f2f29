"""What happens at the institution: seen in the sources, reproducible, and one lab's own."""

from itertools import pairwise

import httpx
import orjson
import pytest
from brom_steps import PATIENCE

from intark_lab.catalogue import load_catalogue
from intark_lab.control.occasions import MOST
from intark_lab.events import KINDS
from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.lab import LabError, connect

APIS = {api.source: api for api in load_catalogue()}
COLLECTIONS = [
    (source, path[1:])
    for source, api in APIS.items()
    for path in api.openapi["paths"]
    if "{" not in path
]


@pytest.fixture
def open_brom(lab):
    """Somebody has opened the self-service portal, so that things happen by themselves."""

    def opened(joined=lab):
        auth = (joined.username, joined.password)
        httpx.get(f"{joined.brom_url}/providers", auth=auth, trust_env=False).raise_for_status()

    return opened


def place(notification: dict) -> tuple[str, str, str]:
    """Source, collection and id of what a notification is about."""
    path = "/" + notification["subject"].partition("/gateway/")[2]
    api = next(api for api in APIS.values() if path.startswith(api.context_path + "/"))
    return api.source, *path.removeprefix(api.context_path + "/").split("/")


def fetched(institution: Institution, notification: dict) -> tuple[int, dict]:
    """What the source answers for a notification's subject."""
    source, collection, id_ = place(notification)
    answer = institution.sources.respond(source, "GET", f"/{collection}/{id_}", b"")
    return answer.status, orjson.loads(answer.body)


def snapshot(institution: Institution) -> dict:
    return {each: list(institution.sources.records(*each)) for each in COLLECTIONS}


def difference(before: dict, after: dict) -> set[tuple[str, str]]:
    return {each for each in COLLECTIONS if before[each] != after[each]}


TOUCHES = {
    "a student changes name": {("fs-studenter", "personer")},
    "a student is admitted": {("fs-studenter", "personer"), ("fs-studenter", "fodselsnumre")},
    "an enrolment is made": {("fs-studenter", "emnepameldinger"), ("fs-emner", "emnepameldinger")},
    "an enrolment is withdrawn": {
        ("fs-studenter", "emnepameldinger"),
        ("fs-emner", "emnepameldinger"),
    },
    "an employee starts": {
        ("dfo-ansatte", name) for name in ("ansatte", "fodselsnumre", "stillinger")
    },
    "an employee ends": {("dfo-ansatte", "ansatte"), ("dfo-ansatte", "stillinger")},
    "an employee moves unit": {("dfo-ansatte", "ansatte"), ("dfo-ansatte", "stillinger")},
    "a course changes name": {("fs-emner", "emner"), ("fs-emner", "undervisningsaktiviteter")},
    "a course changes credits": {("fs-emner", "emner")},
    "a teaching activity is moved": {("tp-timeplan", "aktiviteter")},
    "a teaching activity is cancelled": {
        ("fs-emner", "undervisningsaktiviteter"),
        ("tp-timeplan", "aktiviteter"),
    },
    "a room is closed": {("rombooking", "rom")},
}


def test_the_list_of_kinds_is_what_the_lab_says(lab):
    assert list(lab.kinds) == list(KINDS) == list(TOUCHES)


@pytest.mark.parametrize("kind", TOUCHES)
def test_what_happens_is_seen_in_the_sources_and_nowhere_else(lab, listening, kind):
    institution = listening[0]
    before = snapshot(institution)
    happened = lab.happens(kind)
    assert difference(before, snapshot(institution)) == TOUCHES[kind]
    for notification in happened["notifications"]:
        status, _ = fetched(institution, notification)
        assert status == (404 if notification["routing_key"].endswith("delete") else 200)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if kind.choose])
def test_it_can_be_said_to_what_it_happens(lab, listening, kind):
    source, collection = KINDS[kind].collection
    chosen = listening[0].sources.ids(source, collection)[3]
    for notification in lab.happens(kind, about=chosen)["notifications"]:
        assert place(notification)[2] == str(chosen)


WRONG = {
    "no such kind": ({"kind": "the roof falls in"}, "a student changes name"),
    "no kind": ({}, "a student changes name"),
    "a list": ({"kind": []}, "a student changes name"),
    "an impossible way": ({"kind": "a room is closed", "awkward": "deleted"}, "future-dated"),
    "nobody": ({"kind": "a student changes name", "about": 1}, "no such record"),
    "somebody new": ({"kind": "a student is admitted", "about": 100_000}, "a new one"),
    "unknown and chosen": (
        {"kind": "a student changes name", "awkward": "unknown", "about": 1},
        "no such record",
    ),
}


@pytest.mark.parametrize(("given", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_happen_is_refused_and_changes_nothing(lab, listening, given, said):
    before = snapshot(listening[0])
    with pytest.raises(LabError, match=said):
        lab.control("POST", "/happens", given)
    assert difference(before, snapshot(listening[0])) == set()


def test_a_change_is_there_when_it_is_told(lab, listening, monkeypatch):
    """The course has its new name at the gateway before the broker gets the notification."""
    institution, seen = listening[0], []
    publish = institution.door.publish

    async def look_then_publish(*message):
        path = "/fs/emner/v1/emner/"
        url = orjson.loads(message[3])["sub"].removeprefix("emner/")
        answer = institution.sources.respond("fs-emner", "GET", f"/emner/{url}", b"")
        seen.append((path + url, orjson.loads(answer.body)["navn"]["nb"]))
        return await publish(*message)

    monkeypatch.setattr(institution.door, "publish", look_then_publish)
    subject = lab.happens("a course changes name")["notifications"][0]["subject"]
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    fetched = httpx.get(subject, headers=key, trust_env=False, timeout=PATIENCE)
    assert fetched.status_code == 200
    assert seen == [
        (httpx.URL(subject).path.partition("/gateway")[2], fetched.json()["navn"]["nb"])
    ]


def test_a_change_belongs_to_one_lab_and_a_reset_undoes_it(lab, listening):
    institution, other = listening[0], Institution.fresh(seed=1)
    before = snapshot(institution)
    for kind in KINDS:
        lab.happens(kind)
    assert difference(before, snapshot(institution)) == set().union(*TOUCHES.values())
    assert difference(before, snapshot(other)) == set()
    lab.reset()
    assert difference(before, snapshot(institution)) == set()
    other.close()


def test_a_change_outlasts_the_process(tmp_path):
    file = tmp_path / "lab.sqlite"

    def visited(work):
        institution = Institution.at(file, seed=1)
        host().add(institution)
        try:
            return work(connect(host().url + institution.base_path, institution.token), institution)
        finally:
            host().remove(institution)

    changed = visited(lambda lab, made: [lab.happens(kind) for kind in KINDS] and snapshot(made))
    assert visited(lambda _, made: difference(changed, snapshot(made))) == set()


def test_the_same_seed_makes_the_same_things_happen():
    def story(lab_id: str) -> list:
        institution = Institution.fresh(seed=7, lab_id=lab_id)
        host().add(institution)
        base = host().url + institution.base_path
        lab = connect(base, institution.token)
        happened = [lab.happens(kind, how) for kind, ways in lab.kinds.items() for how in ways]
        happened += lab.control("POST", "/advance", {"seconds": 86_400})["happened"]
        told = [
            (one["kind"], each["routing_key"], each["id"], each["subject"].removeprefix(base))
            for one in happened
            for each in one["notifications"]
        ]
        records = snapshot(institution)
        host().remove(institution)
        return [told, records]

    assert story("one") == story("other")


def test_nothing_happens_by_itself_until_the_portal_is_open(lab, open_brom):
    assert lab.control("POST", "/advance", {"seconds": 86_400})["happened"] == []
    open_brom()
    assert len(lab.control("POST", "/advance", {"seconds": 7200})["happened"]) == 4
    assert lab.control("POST", "/advance", {"seconds": 60})["happened"] == []


def test_of_a_long_step_the_last_hundred_happen(lab, listening, open_brom):
    open_brom()
    seconds = 365 * 86_400
    happened = lab.control("POST", "/advance", {"seconds": seconds})["happened"]
    assert len(happened) == MOST
    instants = [one["at"] for one in happened]
    assert instants == sorted(instants)
    assert listening[0].clock.ms() - instants[0] < (MOST + 1) * 1_800_000
    assert len({later - earlier for earlier, later in pairwise(instants)}) > MOST / 2
