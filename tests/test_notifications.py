"""Notifications as consumers get them over sockets: their forms, and the awkward ways they come."""

import json
from datetime import datetime, timedelta

import httpx
import pytest
from brom_steps import DFO, FS, ROOMS, TP, ask, channel_of, connection, register, take
from cloudevents.core.bindings.amqp import AMQPMessage, from_structured_event
from jsonschema import Draft202012Validator, FormatChecker

from intark_lab.events import KINDS
from intark_lab.messages.brom.providers import load_providers

LATE = 7200
SCREENS = "system-test-screens"
ALL = (DFO, FS, ROOMS, TP)


class Consumer:
    """An application with access to all the institution's providers, and its lab."""

    def __init__(self, lab, institution, brom, channel):
        self.lab, self.institution = lab, institution
        self._brom, self._channel = brom, channel

    def hears(self, kind: str, how: str | None = None) -> list[tuple]:
        """Let something happen, and take what comes of it: (routing key, properties, body)."""
        told = self.lab.happens(kind, how)["notifications"]
        return [
            message
            for provider in ALL
            if (count := sum(one["provider"] == provider for one in told))
            for message in take(self._channel, f"from_{provider}", count)
        ]

    def fetch(self, source: str, path: str) -> tuple[int, dict]:
        answer = self.institution.sources.respond(source, "GET", path, b"")
        return answer.status, json.loads(answer.body)


@pytest.fixture
def consumer(lab, listening):
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as brom:
        register(brom, "screens")
        for provider in ALL:
            ask(brom, SCREENS, provider)
        lab.advance(minutes=1)
        assert {one["status"] for one in connection(brom, SCREENS)["queues"]} == {"APPROVED"}
        with channel_of(brom, SCREENS) as channel:
            yield Consumer(lab, listening[0], brom, channel)


def documentation(consumer: Consumer, key: str) -> dict:
    """What the provider documents who sends with this key."""
    slug = consumer.institution.world.institution.slug
    system = key.split(".")[2]
    return load_providers()[system].documentation(slug)


@pytest.mark.parametrize("kind", KINDS)
def test_a_notification_is_as_its_provider_documents_it(consumer, kind):
    for key, properties, body in consumer.hears(kind):
        documented = documentation(consumer, key)
        assert key in {each["key"] for each in documented["routing_keys"]}
        message = json.loads(body)
        Draft202012Validator(documented["schema"], format_checker=FormatChecker()).validate(message)
        assert properties.message_id in (message.get("id"), message.get("jti"))
        assert properties.delivery_mode == 2


def test_every_documented_routing_key_comes_about(consumer):
    heard = {key for kind in KINDS for key, _, _ in consumer.hears(kind)}
    heard |= {key for key, _, _ in consumer.hears("a student changes name", "deleted")}
    heard |= {key for key, _, _ in consumer.hears("an employee starts", "deleted")}
    slug = consumer.institution.world.institution.slug
    documented = {
        each["key"]
        for provider in load_providers().values()
        for each in provider.documentation(slug)["routing_keys"]
    }
    assert heard == documented


def test_the_room_booking_sends_cloudevents_that_the_official_sdk_reads(consumer):
    ((key, properties, body),) = consumer.hears("a room is closed")
    event = from_structured_event(AMQPMessage({"content-type": properties.content_type}, {}, body))
    slug = consumer.institution.world.institution.slug
    assert event.get_specversion() == "1.0"
    assert event.get_type() == f"no.{slug}.rombooking.rom.update"
    assert key == f"no.{slug}.rombooking.event.rom.update"
    assert event.get_subject().startswith(f"{consumer.lab.gateway_url}/rombooking/v1/rom/")
    assert event.get_time().timestamp() <= consumer.institution.clock.now()
    assert event.get_data() == {"attributes": ["stengt_fra"]}


def test_the_payroll_system_sends_scim_like_events(consumer):
    ((key, _, body),) = consumer.hears("an employee moves unit")
    event = json.loads(body)
    slug = consumer.institution.world.institution.slug
    assert key == f"no.{slug}.dfo.event.ansatte.modify"
    assert set(event) - {"urn:ietf:params:event:SCIM:modify"} == {
        *("jti", "eventUris", "iat", "iss", "aud", "sub")
    }
    assert event["eventUris"] == ["urn:ietf:params:event:SCIM:modify"]
    assert event["urn:ietf:params:event:SCIM:modify"] == {"attributes": ["organisasjonId"]}
    assert event["sub"].startswith(f"{consumer.lab.gateway_url}/dfo/ansatte/v2/ansatte/00")
    assert abs(event["iat"] - consumer.institution.clock.now()) < 60


def test_the_student_system_sends_its_own_form(consumer):
    ((key, _, body),) = consumer.hears("a student changes name")
    claims = json.loads(body)
    assert key == f"no.{consumer.institution.world.institution.slug}.fs.FS-prod.personer.update"
    assert (claims["iss"], claims["operation"]) == ("FS-prod", "update")
    assert claims["sub"] == f"personer/{claims['person_id']}"
    assert abs(int(claims["iat"]) / 1000 - consumer.institution.clock.now()) < 60
    assert consumer.fetch("fs-studenter", f"/{claims['sub']}")[0] == 200


@pytest.mark.parametrize("kind", ["a student changes name", "a room is closed"])
def test_duplicates_are_the_same_to_the_letter(consumer, kind):
    first, second = consumer.hears(kind, "duplicate")
    assert first[0] == second[0]
    assert first[1].message_id == second[1].message_id
    assert first[2] == second[2]


def test_a_late_one_says_when_it_was(consumer):
    ((_, _, body),) = consumer.hears("a student changes name", "late")
    age = consumer.institution.clock.now() - int(json.loads(body)["iat"]) / 1000
    assert LATE <= age < LATE + 60


def test_out_of_order_the_later_change_is_told_first(consumer):
    told = consumer.hears("a course changes credits", "out of order")
    later, earlier = (json.loads(body) for _, _, body in told)
    assert later["sub"] == earlier["sub"]
    assert int(later["iat"]) > int(earlier["iat"])


@pytest.mark.parametrize(
    ("kind", "source", "field"),
    [
        ("an employee starts", "dfo-ansatte", "startdato"),
        ("an employee ends", "dfo-ansatte", "sluttdato"),
        ("a room is closed", "rombooking", "stengt_fra"),
    ],
)
def test_a_future_dated_change_is_told_when_it_is_registered(consumer, kind, source, field):
    ((_, _, body),) = consumer.hears(kind, "future-dated")
    message = json.loads(body)
    url = message.get("subject") or message["sub"]
    _, record = consumer.fetch(source, "/" + "/".join(url.split("/")[-2:]))
    told = message.get("iat") or datetime.fromisoformat(message["time"]).timestamp()
    holds = datetime.fromisoformat(record[field] + "T00:00:00+00:00")
    assert holds > datetime.fromtimestamp(told, holds.tzinfo) + timedelta(days=28)


def test_of_an_unknown_one_nobody_heard_before(consumer):
    known = set(consumer.institution.sources.ids("fs-studenter", "personer"))
    ((key, _, body),) = consumer.hears("a student changes name", "unknown")
    claims = json.loads(body)
    assert key.endswith("personer.update")
    assert int(claims["person_id"]) not in known
    assert consumer.fetch("fs-studenter", f"/{claims['sub']}")[0] == 200


def test_a_deleted_one_is_gone_when_it_is_looked_up(consumer):
    update, delete, *_ = consumer.hears("an employee moves unit", "deleted")
    assert [key.rpartition(".")[2] for key, _, _ in (update, delete)] == ["modify", "delete"]
    number = json.loads(update[2])["sub"].rpartition("/")[2]
    assert consumer.fetch("dfo-ansatte", f"/ansatte/{number}")[0] == 404


@pytest.mark.parametrize("kind", KINDS)
def test_a_poison_message_cannot_be_read(consumer, kind):
    for key, properties, body in consumer.hears(kind, "poison"):
        assert key in {each["key"] for each in documentation(consumer, key)["routing_keys"]}
        assert properties.message_id
        with pytest.raises(ValueError, match=r".*"):
            json.loads(body)


def test_what_happens_before_the_answer_is_not_told_and_what_comes_after_is(lab, listening):
    """In one step of the clock: the first half hour's occasion comes after the answer."""
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as brom:
        register(brom, "screens")
        lab.happens("a student changes name")
        ask(brom, SCREENS, FS)
        lab.happens("a student changes name")
        happened = lab.control("POST", "/advance", {"seconds": 86_400})["happened"]
        told = [
            one["id"] for each in happened for one in each["notifications"] if one["provider"] == FS
        ]
        with channel_of(brom, SCREENS) as channel:
            heard = [
                properties.message_id for _, properties, _ in take(channel, f"from_{FS}", len(told))
            ]
    assert heard == told
