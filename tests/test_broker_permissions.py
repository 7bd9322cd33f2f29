"""What users may do, on both brokers: as tables of permission, action and refusal."""

import pika
import pytest
from test_broker_refusals import steps

NOTHING = "^$"
BIND = ("queue_bind", "q", "t", "k")
PUBLISH = ("basic_publish", "t", "k", b"")


@pytest.fixture
def things(channel):
    """A queue `q`, a topic exchange `t`, a direct exchange `d`."""
    channel.queue_declare("q")
    channel.exchange_declare("t", "topic")
    channel.exchange_declare("d", "direct")


def refusal(parameters, action) -> str | None:
    connection = pika.BlockingConnection(parameters)
    try:
        channel = connection.channel()
        steps(action)(channel)
        channel.queue_declare("q", passive=True)
    except pika.exceptions.ChannelClosedByBroker as closed:
        return closed.reply_text
    finally:
        connection.close()
    return None


@pytest.mark.parametrize(
    ("missing", "action", "thing"),
    [
        ("configure", ("queue_declare", "new"), "queue 'new'"),
        ("configure", ("queue_declare", "q"), "queue 'q'"),
        ("configure", ("queue_delete", "q"), "queue 'q'"),
        ("configure", ("exchange_declare", "new"), "exchange 'new'"),
        ("configure", ("exchange_delete", "t"), "exchange 't'"),
        ("read", ("basic_get", "q"), "queue 'q'"),
        ("read", ("basic_consume", "q", print), "queue 'q'"),
        ("read", ("queue_purge", "q"), "queue 'q'"),
        ("read", ("basic_get", "none"), "queue 'none'"),
        ("read", ("queue_purge", "none"), "queue 'none'"),
        ("read", BIND, "exchange 't'"),
        ("write", BIND, "queue 'q'"),
        ("write", ("queue_unbind", "q", "t", "k"), "queue 'q'"),
        ("write", PUBLISH, "exchange 't'"),
        ("write", ("basic_publish", "none", "k", b""), "exchange 'none'"),
        ("write", ("basic_publish", "", "q", b""), "exchange 'amq.default'"),
        ("write", ("exchange_bind", "t", "d"), "exchange 't'"),
        ("read", ("exchange_bind", "t", "d"), "exchange 'd'"),
        (
            "write",
            ("queue_declare", "new", {"arguments": {"x-dead-letter-exchange": "t"}}),
            "exchange 't'",
        ),
        (
            "read",
            ("exchange_declare", "new", {"arguments": {"alternate-exchange": "t"}}),
            "exchange 'new'",
        ),
    ],
)
def test_without_the_permission_it_is_refused(broker, things, missing, action, thing):
    other = broker.another("other", **{missing: NOTHING})
    assert refusal(other, action) == (
        f"ACCESS_REFUSED - access to {thing} in vhost '{broker.vhost}' "
        f"refused for user 'other-{broker.vhost}'"
    )


@pytest.mark.parametrize(
    "action",
    [
        ("queue_declare", "q", {"passive": True}),
        ("exchange_declare", "t", {"passive": True}),
    ],
)
def test_whoever_is_let_in_may_look(broker, things, action):
    nobody = broker.another("nobody", NOTHING, NOTHING, NOTHING)
    assert refusal(nobody, action) is None


@pytest.mark.parametrize("action", [BIND, PUBLISH, ("exchange_bind", "d", "t", "k")])
@pytest.mark.parametrize("pattern", ["^k", "^a"])
def test_topics_are_permitted_by_routing_key(broker, things, pattern, action):
    other = broker.another("other")
    user = f"other-{broker.vhost}"
    broker.do(broker.door.permit_topics(broker.vhost, user, "t", pattern, pattern))
    refused = (
        f"ACCESS_REFUSED - access to topic 'k' in exchange 't' in vhost '{broker.vhost}' "
        f"refused for user '{user}'"
    )
    assert refusal(other, action) == (refused if pattern == "^a" else None)


def test_topic_permissions_are_about_their_exchange_alone(broker, things):
    other = broker.another("other")
    user = f"other-{broker.vhost}"
    broker.do(broker.door.permit_topics(broker.vhost, user, "amq.topic", "^a", "^a"))
    assert refusal(other, PUBLISH) is None
