"""The door: what the lab sets up is the same on the embedded broker and on RabbitMQ."""

import os

import pika
import pytest
from brokers import Brokered, until

from intark_lab.institution import Institution
from intark_lab.messages.door import Refused


@pytest.fixture
def other(broker):
    """A second virtual host on the same broker."""
    made = Brokered(broker.kind, broker.door)
    yield made
    made.do(made.door.delete_vhost(made.vhost))
    made.do(made.door.delete_user(made.user))


def waiting(broker, queue: str) -> list[tuple[str, str, str | None]]:
    """What is in a queue, taken out: routing key, body, message id."""
    found = []
    with broker.channel() as channel:
        while (got := channel.basic_get(queue, auto_ack=True))[0]:
            found.append((got[0].routing_key, got[2].decode(), got[1].message_id))
    return found


def size(broker, queue: str) -> int:
    with broker.channel() as channel:
        return channel.queue_declare(queue, passive=True).method.message_count


@pytest.fixture
def path(broker, other):
    """Provider's exchange and queue, consumer's exchange and queue, and no shovel yet."""
    door, do = broker.door, broker.do
    do(door.create_exchange(broker.vhost, "outgoing"))
    do(door.create_queue(broker.vhost, "for consumer"))
    do(door.bind(broker.vhost, "outgoing", "for consumer", "no.#"))
    do(door.create_exchange(other.vhost, "incoming"))
    do(door.create_queue(other.vhost, "inbox"))
    do(door.bind(other.vhost, "incoming", "inbox"))
    name = f"shovel {broker.vhost}"
    shovel = (name, broker.vhost, "for consumer", other.vhost, "incoming")
    yield shovel
    do(door.delete_shovel(name))


def publish(broker, key: str, body: str, message_id: str | None = None) -> bool:
    return broker.do(broker.door.publish(broker.vhost, "outgoing", key, body.encode(), message_id))


def test_a_shovel_moves_what_waits_and_what_comes_and_keeps_routing_keys(broker, other, path):
    assert publish(broker, "no.uio.first", "1", "m-1")
    assert not publish(broker, "se.other", "not bound")
    broker.do(broker.door.create_shovel(*path))
    assert publish(broker, "no.uio.second", "2", "m-2")
    until(lambda: size(other, "inbox") == 2)
    assert waiting(other, "inbox") == [("no.uio.first", "1", "m-1"), ("no.uio.second", "2", "m-2")]
    assert size(broker, "for consumer") == 0


def test_a_deleted_shovel_moves_nothing(broker, other, path):
    broker.do(broker.door.create_shovel(*path))
    publish(broker, "no.1", "1")
    until(lambda: size(other, "inbox") == 1)
    broker.do(broker.door.delete_shovel(path[0]))
    publish(broker, "no.2", "2")
    assert (size(broker, "for consumer"), size(other, "inbox")) == (1, 1)


def test_everything_may_be_created_and_deleted_twice(broker, path):
    door, do, vhost = broker.door, broker.do, broker.vhost
    for _ in range(2):
        do(door.create_vhost(vhost))
        do(door.create_exchange(vhost, "outgoing"))
        do(door.create_queue(vhost, "for consumer"))
        do(door.bind(vhost, "outgoing", "for consumer", "no.#"))
        do(door.create_shovel(*path))
    for _ in range(2):
        do(door.delete_shovel(path[0]))
        do(door.unbind(vhost, "outgoing", "for consumer", "no.#"))
    assert not publish(broker, "no.1", "unbound")
    for _ in range(2):
        do(door.delete_queue(vhost, "for consumer"))
        do(door.delete_exchange(vhost, "outgoing"))
        do(door.delete_user("nobody of that name"))
        do(door.delete_vhost("none of that name"))


@pytest.mark.parametrize(
    "ask",
    [
        lambda door, vhost: door.create_exchange("no such vhost", "e"),
        lambda door, vhost: door.create_queue("no such vhost", "q"),
        lambda door, vhost: door.permit("no such vhost", "nobody"),
        lambda door, vhost: door.permit(vhost, "nobody of that name"),
        lambda door, vhost: door.bind(vhost, "none", "none"),
        lambda door, vhost: door.publish(vhost, "none", "k", b""),
        lambda door, vhost: door.create_queue(vhost, "q", {"x-message-ttl": -1}),
        lambda door, vhost: door.create_exchange(vhost, "amq.direct", "fanout"),
        lambda door, vhost: door.waiting(vhost, "none"),
    ],
)
def test_what_cannot_be_is_refused(broker, ask):
    with pytest.raises(Refused):
        broker.do(ask(broker.door, broker.vhost))


def test_a_new_password_is_the_only_one(broker):
    old = broker.parameters()
    broker.do(broker.door.create_user(broker.user, "new"))
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        pika.BlockingConnection(old)
    pika.BlockingConnection(
        pika.URLParameters(broker.door.url(broker.user, "new", broker.vhost))
    ).close()


def test_names_and_passwords_of_any_letters_are_in_the_url(broker):
    user, password, vhost = f"blå/{os.getpid()}", "p@ss:ø/ %", f"system/{broker.vhost}"
    do, door = broker.do, broker.door
    do(door.create_vhost(vhost))
    do(door.create_user(user, password))
    do(door.permit(vhost, user))
    pika.BlockingConnection(pika.URLParameters(door.url(user, password, vhost))).close()
    do(door.delete_user(user))
    do(door.delete_vhost(vhost))


def test_a_published_message_says_what_it_is(broker, path):
    do, door = broker.do, broker.door
    headers = {"cloudEvents:specversion": "1.0"}
    do(door.publish(broker.vhost, "outgoing", "no.1", b"{}", "m", "application/json", headers))
    with broker.channel() as channel:
        _, properties, body = channel.basic_get("for consumer")
    assert (properties.content_type, properties.delivery_mode, body) == (
        "application/json",
        2,
        b"{}",
    )
    assert (properties.message_id, properties.headers) == ("m", headers)


def test_the_lab_sees_what_happens_to_each_message(broker, path):
    if broker.kind == "rabbitmq":
        pytest.skip("RabbitMQ does not tell who acknowledged what: messages/README.md")
    seen = []
    broker.door.observe(lambda event: seen.append(event) if event.vhost == broker.vhost else None)
    publish(broker, "no.1", "1", "m-1")
    with broker.channel() as channel:
        tag = channel.basic_get("for consumer")[0].delivery_tag
        channel.basic_nack(tag)
        channel.basic_ack(channel.basic_get("for consumer")[0].delivery_tag)
        channel.queue_declare("for consumer", passive=True)
    assert [(one.what, one.user, one.queue) for one in seen] == [
        ("publish", None, None),
        ("deliver", broker.user, "for consumer"),
        ("nack", broker.user, "for consumer"),
        ("redelivered", broker.user, "for consumer"),
        ("ack", broker.user, "for consumer"),
    ]
    assert {(one.message_id, one.routing_key, one.body) for one in seen} == {("m-1", "no.1", b"1")}
    assert [one.at for one in seen] == sorted(one.at for one in seen)


def test_labs_of_two_processes_have_names_of_their_own_on_one_rabbitmq(monkeypatch):
    labs = [Institution.fresh(seed=1) for _ in range(2)]
    assert {lab.messages_id for lab in labs} == {"lab"}
    monkeypatch.setenv("INTARK_LAB_AMQP", "amqp://127.0.0.1:5672")
    labs = [Institution.fresh(seed=1) for _ in range(2)]
    first, second = (lab.messages_id for lab in labs)
    assert first != second
    assert labs[0].messages_id == first
