"""What each step at the self-service portal does to the broker, over sockets, on both brokers."""

import itertools
import os

import httpx
import pika
import pytest
from brom_steps import (
    TP,
    WHY,
    answer,
    ask,
    channel_of,
    connection,
    provide,
    publish,
    register,
    take,
)

from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.lab import connect

_serial = itertools.count()


@pytest.fixture
def lab(_door):
    """A lab on each broker."""
    kind, door = _door
    institution = Institution.fresh(seed=1, lab_id=f"brom{os.getpid()}-{next(_serial)}")
    if kind == "rabbitmq":
        institution.door = door
    host().add(institution)
    joined = connect(host().url + institution.base_path, institution.token)
    yield joined
    joined.reset()
    host().remove(institution)


@pytest.fixture
def brom(lab):
    """The portal as the learner meets it."""
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as made:
        yield made


@pytest.fixture
def pair(brom):
    """A consumer and a provider of the learner's own."""
    return register(brom, "screens"), provide(brom, "rooms")


def test_an_application_may_do_everything_in_its_own_virtual_host_and_nothing_elsewhere(brom, pair):
    one, other = (connection(brom, name) for name in pair)
    with channel_of(brom, pair[0]) as channel:
        channel.queue_declare("own", durable=True)
        channel.queue_bind("own", one["exchange"], "a.#")
        channel.basic_publish(one["exchange"], "a.b", b"seen")
        assert take(channel, "own")[0][2] == b"seen"
    trespasser = pika.URLParameters(one["url"])
    trespasser.virtual_host = other["vhost"]
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(trespasser)


def test_asking_makes_an_exchange_and_a_queue_at_the_consumer(brom, pair):
    consumer, provider = pair
    ask(brom, consumer, provider)
    (queue,) = connection(brom, consumer)["queues"]
    assert queue["queue"] == f"from_{provider}"
    with channel_of(brom, consumer) as channel:
        channel.exchange_declare(queue["exchange"], passive=True)
        assert channel.queue_declare(queue["queue"], passive=True).method.message_count == 0


def test_what_was_sent_before_the_approval_does_not_arrive(brom, pair):
    consumer, provider = pair
    publish(brom, provider, "a.early", b"before the request")
    ask(brom, consumer, provider)
    publish(brom, provider, "a.early", b"before the approval")
    answer(brom, provider, consumer)
    publish(brom, provider, "no.nordvik.rooms.room.update", b"after")
    with channel_of(brom, consumer) as channel:
        ((key, _, body),) = take(channel, f"from_{provider}")
        assert (key, body) == ("no.nordvik.rooms.room.update", b"after")


def test_a_refused_request_brings_nothing(brom, pair):
    consumer, provider = pair
    ask(brom, consumer, provider)
    answer(brom, provider, consumer, approved=False)
    publish(brom, provider, "a.b", b"unseen")
    ask(brom, consumer, provider)
    answer(brom, provider, consumer)
    publish(brom, provider, "a.b", b"seen")
    with channel_of(brom, consumer) as channel:
        assert take(channel, f"from_{provider}")[0][2] == b"seen"


@pytest.mark.parametrize("side", ["provider", "consumer"])
def test_removal_stops_the_copies_and_leaves_what_has_arrived(brom, pair, side):
    consumer, provider = pair
    ask(brom, consumer, provider)
    answer(brom, provider, consumer)
    publish(brom, provider, "a.b", b"in time")
    path = {
        "provider": f"/applications/{provider}/consumers/{consumer}",
        "consumer": f"/applications/{consumer}/access/{provider}",
    }[side]
    with channel_of(brom, consumer) as channel:
        assert take(channel, f"from_{provider}")[0][2] == b"in time"
    for _ in range(2):
        assert brom.delete(path).json()["status"] == "REMOVED"
    with channel_of(brom, provider) as channel, pytest.raises(pika.exceptions.ChannelClosed) as no:
        channel.queue_declare(f"to_{consumer}", passive=True)
    assert no.value.reply_code == 404
    assert_nothing_moves_from(brom, provider, f"to_{consumer}")
    publish(brom, provider, "a.b", b"too late")
    ask(brom, consumer, provider)
    answer(brom, provider, consumer)
    publish(brom, provider, "a.b", b"anew")
    with channel_of(brom, consumer) as channel:
        assert take(channel, f"from_{provider}")[0][2] == b"anew"


def assert_nothing_moves_from(brom, application, queue):
    """A queue of that name keeps what it gets: no shovel is left."""
    with channel_of(brom, application) as channel:
        channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"stays")
        assert channel.basic_get(queue, auto_ack=True)[2] == b"stays"
        channel.queue_delete(queue)


def test_each_consumer_has_its_own_copy(brom, pair):
    consumer, provider = pair
    another = register(brom, "other_screens")
    for each in (consumer, another):
        ask(brom, each, provider)
        answer(brom, provider, each)
    publish(brom, provider, "a.b", b"to both")
    for each in (consumer, another):
        with channel_of(brom, each) as channel:
            assert take(channel, f"from_{provider}")[0][2] == b"to both"


def test_a_removed_application_is_gone_from_the_broker(brom, pair):
    consumer, provider = pair
    ask(brom, consumer, provider)
    answer(brom, provider, consumer)
    url = connection(brom, consumer)["url"]
    assert brom.delete(f"/applications/{consumer}").status_code == 204
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(url))
    with channel_of(brom, provider) as channel, pytest.raises(pika.exceptions.ChannelClosed):
        channel.queue_declare(f"to_{consumer}", passive=True)
    assert brom.get(f"/applications/{provider}/consumers").json() == {"items": []}


def test_what_stands_in_the_way_is_said_in_the_brokers_words(brom, pair):
    consumer, provider = pair
    with channel_of(brom, consumer) as channel:
        channel.queue_declare(f"from_{provider}", durable=True, arguments={"x-max-length": 3})
    path = f"/applications/{consumer}/access/{provider}"
    refused = brom.put(path, json={"comment": WHY})
    assert refused.status_code == 502
    assert f"from_{provider}" in refused.json()["detail"]
    assert brom.get(path).status_code == 404


def test_the_institutions_own_providers_notify_through_it_until_a_reset(lab, brom, pair):
    consumer = pair[0]
    ask(brom, consumer, TP)
    lab.advance(minutes=1)
    (told,) = lab.happens("a teaching activity is moved")["notifications"]
    with channel_of(brom, consumer) as channel:
        ((key, properties, _),) = take(channel, f"from_{TP}")
    assert (key, properties.message_id) == (told["routing_key"], told["id"])
    url = connection(brom, consumer)["url"]
    lab.reset()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(url))
    register(brom, "screens")
    ask(brom, consumer, TP)
    lab.advance(minutes=1)
    assert connection(brom, consumer)["queues"][0]["status"] == "APPROVED"
    with channel_of(brom, consumer) as channel:
        assert channel.queue_declare(f"from_{TP}", passive=True).method.message_count == 0
