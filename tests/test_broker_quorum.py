"""Quorum queues, and arguments that one type of queue knows and another does not."""

import pika
import pytest
from brokers import until
from test_broker_refusals import PRECONDITION, said, steps

QUORUM = {"x-queue-type": "quorum"}
DECLARED = ("queue_declare", "q", {"durable": True, "arguments": QUORUM})


def declare(channel, **arguments):
    channel.queue_declare("q", durable=True, arguments=QUORUM | arguments)


def fetch(channel, **options):
    """The next message by basic.get, when it is there."""
    found = []

    def came() -> bool:
        got = channel.basic_get("q", **options)
        found.append(got)
        return got[0] is not None

    until(came, pause=0.02)
    return found[-1]


def test_deliveries_are_counted_in_a_header(channel):
    declare(channel)
    channel.basic_publish("", "q", b"", pika.BasicProperties(headers={"own": 1}))
    counts = []
    for _ in range(3):
        method, properties, _ = fetch(channel)
        counts.append(properties.headers)
        channel.basic_nack(method.delivery_tag)
    assert counts == [{"own": 1, "x-delivery-count": count} for count in range(3)]


def test_a_consumer_sees_no_count_at_first(channel):
    declare(channel)
    channel.basic_publish("", "q", b"")
    for method, properties, _ in channel.consume("q"):
        if method.redelivered:
            assert properties.headers == {"x-delivery-count": 1}
            break
        assert not properties.headers
        channel.basic_reject(method.delivery_tag)


def test_a_message_that_comes_back_too_often_is_given_up(channel):
    channel.queue_declare("dead")
    letters = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    declare(channel, **{"x-delivery-limit": 1, **letters})
    channel.basic_publish("", "q", b"again")
    for _ in range(2):
        channel.basic_nack(fetch(channel)[0].delivery_tag)
    until(lambda: channel.queue_declare("dead", passive=True).method.message_count == 1)
    _, properties, body = channel.basic_get("dead")
    assert (body, properties.headers["x-first-death-reason"]) == (b"again", "delivery_limit")
    assert "x-delivery-count" not in properties.headers


OF_TYPE = "invalid arg '{}' for queue 'q' in vhost '{{vhost}}' of queue type rabbit_{}_queue"


def declaring(**arguments):
    named = {name.replace("_", "-"): value for name, value in arguments.items()}
    return steps(("queue_declare", "q", {"durable": True, "arguments": named}))


REFUSED = {
    "a limit of deliveries for a classic queue": (
        declaring(x_delivery_limit=3),
        406,
        PRECONDITION + OF_TYPE.format("x-delivery-limit", "classic"),
    ),
    "a member count for a classic queue": (
        declaring(x_quorum_initial_group_size=3),
        406,
        PRECONDITION + OF_TYPE.format("x-quorum-initial-group-size", "classic"),
    ),
    "priorities for a quorum queue": (
        declaring(x_queue_type="quorum", x_max_priority=3),
        406,
        PRECONDITION + OF_TYPE.format("x-max-priority", "quorum"),
    ),
    "an unknown strategy": (
        declaring(x_queue_type="quorum", x_dead_letter_strategy="odd"),
        406,
        PRECONDITION + "invalid arg 'x-dead-letter-strategy' for queue 'q' in vhost '{vhost}': "
        "invalid_dlx_strategy",
    ),
    "quorum, and gone with its consumers": (
        steps((*DECLARED[:2], {**DECLARED[2], "auto_delete": True})),
        406,
        PRECONDITION + "invalid property 'auto-delete' for queue 'q' in vhost '{vhost}'",
    ),
    "classic after all": (
        steps(DECLARED, ("queue_declare", "q", {"durable": True})),
        406,
        PRECONDITION + "inequivalent arg 'x-queue-type' for queue 'q' in vhost '{vhost}': "
        "received none but current is the value 'quorum' of type 'longstr'",
    ),
    "deleted if unused": (
        steps(DECLARED, ("queue_delete", "q", {"if_unused": True})),
        540,
        "NOT_IMPLEMENTED - cannot delete queue 'q' in vhost '{vhost}'. queue.delete operations "
        "with if-unused flag set are not supported by quorum queues",
    ),
    "a limit for the whole channel": (
        steps(
            DECLARED,
            ("basic_qos", {"prefetch_count": 1, "global_qos": True}),
            ("basic_consume", "q", print),
        ),
        540,
        "NOT_IMPLEMENTED - queue 'q' in vhost '{vhost}' does not support global qos",
    ),
    "an offset": (
        steps(DECLARED, ("basic_consume", "q", print, {"arguments": {"x-stream-offset": 1}})),
        406,
        PRECONDITION + OF_TYPE.format("x-stream-offset", "quorum"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_type_of_queue_does_not_do(broker, case):
    action, code, text = REFUSED[case]
    assert said(action, broker) == (code, text.format(vhost=broker.vhost))


def test_classic_is_what_is_meant_where_nothing_is_said(channel):
    classic = {"x-queue-type": "classic"}
    for arguments in ({}, classic, {}):
        assert channel.queue_declare("q", durable=True, arguments=arguments).method.queue == "q"
