"""The journal of messages: what the broker saw, in one order with the calls of the gateway."""

import time

import httpx
import pytest
from brom_steps import FS, PATIENCE, ask, channel_of, register

from intark_lab import journal
from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.lab import connect

SCREENS = "system-test-screens"
QUEUE = f"from_{FS}"


@pytest.fixture
def brom(lab):
    """The self-service portal, with an application that hears from the student system."""
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as client:
        register(client, "screens")
        ask(client, SCREENS, FS)
        lab.advance(minutes=1)
        yield client


@pytest.fixture
def handled(lab, listening):
    """What has happened to the consumer's messages, oldest first."""
    vhost = f"{SCREENS}-{listening[0].id}"

    def seen() -> list[str]:
        return [one["what"] for one in lab.messages if one["vhost"] == vhost]

    return seen


def until(wanted: list[str], seen) -> None:
    """Wait until the journal says so; a message travels on its own."""
    give_up = time.monotonic() + PATIENCE
    while (now := seen()) != wanted and time.monotonic() < give_up:
        pass
    assert now == wanted


def receive(channel):
    """The next message, not acknowledged."""
    method, _, body = next(channel.consume(QUEUE, inactivity_timeout=PATIENCE))
    assert method is not None, "no message came"
    return method, body


def settled(channel) -> None:
    """The broker has seen all that was sent on this channel."""
    channel.queue_declare(QUEUE, passive=True)


def look_up(lab, institution) -> None:
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    url = f"{lab.gateway_url}/fs/emner/v1/emner/INF1100-1"
    httpx.get(url, headers=key, trust_env=False).raise_for_status()


@pytest.mark.parametrize("careful", [True, False], ids=["work, then ack", "ack, then work"])
def test_work_and_acknowledgement_are_told_apart(lab, listening, brom, handled, careful):
    institution = listening[0]
    lab.happens("a course changes name")
    with channel_of(brom, SCREENS) as channel:
        method, _ = receive(channel)
        if careful:
            look_up(lab, institution)
        channel.basic_ack(method.delivery_tag)
        settled(channel)
        if not careful:
            look_up(lab, institution)
    until(["publish", "deliver", "ack"], handled)
    vhost = f"{SCREENS}-{institution.id}"
    story = [one["what"] for one in lab.story if one.get("vhost") in (vhost, None)]
    expected = ["call", "ack"] if careful else ["ack", "call"]
    assert story == ["publish", "deliver", *expected]


def test_a_message_keeps_its_id_and_key_all_the_way(lab, listening, brom):
    (told,) = lab.happens("a student changes name")["notifications"]
    with channel_of(brom, SCREENS) as channel:
        method, body = receive(channel)
        channel.basic_ack(method.delivery_tag)
        settled(channel)
    rows = [one for one in lab.messages if one["message_id"] == told["id"]]
    assert {one["routing_key"] for one in rows} == {told["routing_key"]}
    assert {one["body"] for one in rows} == {body.decode()}
    vhost = f"{SCREENS}-{listening[0].id}"
    own = [one for one in rows if one["vhost"] == vhost]
    assert [(one["what"], one["user"], one["queue"]) for one in own] == [
        ("publish", None, None),
        ("deliver", vhost, QUEUE),
        ("ack", vhost, QUEUE),
    ]
    assert [one["at"] for one in rows] == sorted(one["at"] for one in rows)


def test_a_consumer_that_is_cut_off_gets_it_again(lab, brom, handled):
    lab.happens("a student changes name")
    with channel_of(brom, SCREENS) as channel:
        receive(channel)
    with channel_of(brom, SCREENS) as channel:
        method, _ = receive(channel)
        assert method.redelivered
        channel.basic_nack(method.delivery_tag, requeue=False)
        settled(channel)
    until(["publish", "deliver", "redelivered", "nack"], handled)


def test_what_the_learner_publishes_is_theirs(lab, brom, listening):
    vhost = f"{SCREENS}-{listening[0].id}"
    with channel_of(brom, SCREENS) as channel:
        channel.confirm_delivery()
        channel.basic_publish(f"outgoing_{vhost}", "a.b", b"x" * 5000)
    (row,) = [one for one in lab.messages if one["vhost"] == vhost]
    assert (row["what"], row["user"], row["exchange"]) == ("publish", vhost, f"outgoing_{vhost}")
    assert row["body"] == "x" * journal.LONGEST


def test_the_journal_is_read_from_a_place_on_and_a_reset_empties_it(lab, brom):
    lab.happens("a student changes name")
    first = lab.messages[0]["id"]
    rest = lab.control("GET", f"/journal?after_handling={first}")["messages"]
    assert [one["id"] for one in rest] == [one["id"] for one in lab.messages[1:]]
    lab.reset()
    assert lab.messages == []


def test_old_handlings_give_way(lab, brom, monkeypatch):
    monkeypatch.setattr(journal, "MOST", 3)
    for _ in range(3):
        lab.happens("a student changes name")
    assert len(lab.messages) <= 3


def test_after_a_restart_the_messages_are_watched_at_once(tmp_path):
    def visited(work):
        institution = Institution.at(tmp_path / "lab.sqlite", seed=1)
        host().add(institution)
        lab = connect(host().url + institution.base_path, institution.token)
        auth = (lab.username, lab.password)
        with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as brom:
            work(lab, brom)
        host().remove(institution)

    def before(lab, brom):
        register(brom, "screens")
        ask(brom, SCREENS, FS)
        lab.advance(minutes=1)
        brom.get("/applications")
        lab.happens("a student changes name")
        details.update(brom.get(f"/applications/{SCREENS}/connection").json())

    def after(lab, brom):
        with channel_of(brom, SCREENS) as channel:
            method, _ = receive(channel)
            channel.basic_ack(method.delivery_tag)
            settled(channel)
        whats = [one["what"] for one in lab.messages if one["vhost"] == details["vhost"]]
        assert whats == ["publish", "deliver", "ack"]

    details: dict = {}
    visited(before)
    visited(after)
