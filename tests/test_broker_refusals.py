"""What both brokers refuse, with which code and in which words."""

import pika
import pytest

ELSEWHERE = (
    "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '{vhost}'. "
    "It could be originally declared on another connection or the exclusive property value does "
    "not match that of the original declaration."
)
PRECONDITION = "PRECONDITION_FAILED - "
LAST_WORD = "nothing refuses this"


def said(action, broker) -> tuple[int, str]:
    """Code and text with which the broker ended the channel or the connection."""
    with broker.channel() as channel:
        try:
            action(channel)
            channel.queue_declare("")  # what has no answer is refused before the next answer
        except pika.exceptions.ConnectionClosedByBroker as closed:
            return closed.reply_code, closed.reply_text
        except pika.exceptions.ChannelClosedByBroker as closed:
            return closed.reply_code, closed.reply_text
    return 0, LAST_WORD


def steps(*calls):
    """One action of several calls: (method, arguments...), the last one may hold options."""

    def act(channel):
        for name, *arguments in calls:
            options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
            getattr(channel, name)(*arguments, **options)

    return act


def publish(exchange: str, key: str, **properties):
    return steps(("basic_publish", exchange, key, b"", pika.BasicProperties(**properties)))


QUEUE = ("queue_declare", "q")
TTL = {"arguments": {"x-message-ttl": 1000}}
INEQUIVALENT = PRECONDITION + "inequivalent arg '{}' for {} in vhost '{{vhost}}': received {}"

CASES = {
    "no queue": (
        steps(("queue_declare", "q", {"passive": True})),
        404,
        "NOT_FOUND - no queue 'q' in vhost '{vhost}'",
    ),
    "no queue to consume": (
        steps(("basic_consume", "q", print)),
        404,
        "NOT_FOUND - no queue 'q' in vhost '{vhost}'",
    ),
    "no queue declared before": (
        steps(("basic_get", "")),
        404,
        "NOT_FOUND - no previously declared queue",
    ),
    "no exchange": (
        steps(("exchange_declare", "e", {"passive": True})),
        404,
        "NOT_FOUND - no exchange 'e' in vhost '{vhost}'",
    ),
    "publish to no exchange": (
        publish("e", "k"),
        404,
        "NOT_FOUND - no exchange 'e' in vhost '{vhost}'",
    ),
    "bind to no exchange": (
        steps(QUEUE, ("queue_bind", "q", "e")),
        404,
        "NOT_FOUND - no exchange 'e' in vhost '{vhost}'",
    ),
    "default exchange declared": (
        steps(("exchange_declare", "", "direct")),
        403,
        "ACCESS_REFUSED - operation not permitted on the default exchange",
    ),
    "default exchange bound": (
        steps(QUEUE, ("queue_bind", "q", "", "k")),
        403,
        "ACCESS_REFUSED - operation not permitted on the default exchange",
    ),
    "reserved exchange": (
        steps(("exchange_declare", "amq.e", "topic")),
        403,
        "ACCESS_REFUSED - exchange name 'amq.e' contains reserved prefix 'amq.*'",
    ),
    "standard exchange deleted": (
        steps(("exchange_delete", "amq.topic")),
        403,
        "ACCESS_REFUSED - deletion of system exchange 'amq.topic' in vhost '{vhost}' not allowed",
    ),
    "unknown type": (
        steps(("exchange_declare", "e", "odd")),
        503,
        "COMMAND_INVALID - unknown exchange type 'odd'",
    ),
    "exchange of another type": (
        steps(("exchange_declare", "e", "direct"), ("exchange_declare", "e", "fanout")),
        406,
        INEQUIVALENT.format("type", "exchange 'e'", "'fanout' but current is 'direct'"),
    ),
    "durable after all": (
        steps(QUEUE, (*QUEUE, {"durable": True})),
        406,
        INEQUIVALENT.format("durable", "queue 'q'", "'true' but current is 'false'"),
    ),
    "another argument": (
        steps((*QUEUE, TTL), (*QUEUE, {"arguments": {"x-message-ttl": 2000}})),
        406,
        INEQUIVALENT.format("x-message-ttl", "queue 'q'", "'2000' but current is '1000'"),
    ),
    "an argument less": (
        steps((*QUEUE, TTL), QUEUE),
        406,
        INEQUIVALENT.format(
            "x-message-ttl",
            "queue 'q'",
            "none but current is the value '1000' of type 'signedint'",
        ),
    ),
    "negative time": (
        steps((*QUEUE, {"arguments": {"x-message-ttl": -1}})),
        406,
        PRECONDITION
        + "invalid arg 'x-message-ttl' for queue 'q' in vhost '{vhost}': {{value_negative,-1}}",
    ),
    "dead-letter key alone": (
        steps((*QUEUE, {"arguments": {"x-dead-letter-routing-key": "k"}})),
        406,
        PRECONDITION + "invalid arg 'x-dead-letter-routing-key' for queue 'q' in vhost '{vhost}': "
        "routing_key_but_no_dlx_defined",
    ),
    "expiration in words": (
        publish("", "k", expiration="soon"),
        406,
        PRECONDITION + "invalid expiration 'soon': no_integer",
    ),
    "somebody else's user_id": (
        publish("", "k", user_id="other"),
        406,
        PRECONDITION + "user_id property set to 'other' but authenticated user was '{user}'",
    ),
    "internal exchange": (
        steps(
            ("exchange_declare", "i", "direct", {"internal": True}),
            ("basic_publish", "i", "k", b""),
        ),
        403,
        "ACCESS_REFUSED - cannot publish to internal exchange 'i' in vhost '{vhost}'",
    ),
    "unknown tag": (steps(("basic_ack", 9)), 406, PRECONDITION + "unknown delivery tag 9"),
    "in use": (
        steps(
            QUEUE,
            ("basic_consume", "q", print),
            ("queue_delete", "q", {"if_unused": True}),
        ),
        406,
        PRECONDITION + "queue 'q' in vhost '{vhost}' in use",
    ),
    "not empty": (
        steps(
            QUEUE,
            ("basic_publish", "", "q", b""),
            ("queue_delete", "q", {"if_empty": True}),
        ),
        406,
        PRECONDITION + "queue 'q' in vhost '{vhost}' not empty",
    ),
    "exclusive consumer": (
        steps(
            QUEUE,
            ("basic_consume", "q", print, {"exclusive": True}),
            ("basic_consume", "q", print),
        ),
        403,
        "ACCESS_REFUSED - queue 'q' in vhost '{vhost}' in exclusive use",
    ),
    "requeue=false": (
        steps(("basic_recover", {"requeue": False})),
        540,
        "NOT_IMPLEMENTED - requeue=false",
    ),
    "prefetch in octets": (
        steps(("basic_qos", {"prefetch_size": 10})),
        540,
        "NOT_IMPLEMENTED - prefetch_size!=0 (10)",
    ),
    "no transaction": (
        steps(("tx_commit",)),
        406,
        PRECONDITION + "channel is not transactional",
    ),
    "confirms, then a transaction": (
        steps(("confirm_delivery",), ("tx_select",)),
        406,
        PRECONDITION + "cannot switch from confirm to tx mode",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_these_words(broker, name):
    action, code, text = CASES[name]
    assert said(action, broker) == (code, text.format(vhost=broker.vhost, user=broker.user))


@pytest.mark.parametrize(
    "action",
    [
        ("queue_declare", "q"),
        ("queue_declare", "q", {"passive": True}),
        ("queue_declare", "q", {"exclusive": True}),
        ("basic_get", "q"),
        ("basic_consume", "q", print),
        ("queue_bind", "q", "amq.direct"),
        ("queue_purge", "q"),
        ("queue_delete", "q"),
    ],
)
def test_an_exclusive_queue_is_its_connections_own(broker, channel, action):
    channel.queue_declare("q", exclusive=True)
    assert said(steps(action), broker) == (405, ELSEWHERE.format(vhost=broker.vhost))


@pytest.mark.parametrize(
    "action",
    [
        ("queue_unbind", "q", "amq.direct", "k"),
        ("queue_unbind", "q", "none", "k"),
        ("queue_delete", "none"),
        ("exchange_delete", "none"),
        ("exchange_unbind", "amq.direct", "amq.topic", "k"),
        ("basic_cancel", "none"),
        ("queue_declare", "q", {"arguments": {"x-own": 1}}),
        ("exchange_declare", "amq.topic", "topic", {"durable": True}),
        ("basic_ack", 0, {"multiple": True}),
    ],
)
def test_what_is_so_already_is_fine(broker, action):
    assert said(steps(("queue_declare", "q"), action), broker) == (0, LAST_WORD)
