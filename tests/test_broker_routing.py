"""Which queues a message reaches, on both brokers."""

import pika
import pytest


def reached(channel, exchange: str, key: str, headers: dict | None = None) -> list[str]:
    """The names of the queues `a` to `c` that get a message published so."""
    properties = pika.BasicProperties(headers=headers)
    channel.basic_publish(exchange, key, b"", properties)
    found = []
    for name in "abc":
        while channel.basic_get(name, auto_ack=True)[0]:
            found.append(name)
    return found


@pytest.fixture
def queues(channel):
    """A channel, and on it three queues named `a`, `b` and `c`."""
    for name in "abc":
        channel.queue_declare(name)
    return channel


@pytest.mark.parametrize(
    ("pattern", "key", "passes"),
    [
        ("no.uio.fs.#", "no.uio.fs.FS-prod.personer.update", True),
        ("no.uio.fs.#", "no.uio.fs", True),
        ("no.uio.fs.#", "no.uio", False),
        ("*.uio.*", "no.uio.fs", True),
        ("*.uio.*", "no.uio", False),
        ("*.uio.*", "no.uio.fs.x", False),
        ("#", "", True),
        ("#", "a.b.c", True),
        ("", "", True),
        ("", "a", False),
        ("*", "", False),
        ("*", "a", True),
        ("a.#.b", "a.b", True),
        ("a.#.b", "a.x.y.b", True),
        ("a.#.b", "a.x.y", False),
        ("#.b.#", "b", True),
        ("#.b.#", "a.b.c", True),
        ("#.b.#", "a.c", False),
        ("a.*.#", "a", False),
        ("a.*.#", "a.b", True),
        ("#.*", "", False),
        ("#.*", "a", True),
        ("*.#.*", "a", False),
        ("*.#.*", "a.b", True),
        ("a..b", "a..b", True),
        ("a.*.b", "a..b", True),
        ("a.#.#.b", "a.b", True),
        ("A", "a", False),
        ("a#", "ab", False),
        ("blå.*", "blå.bær", True),
    ],
)
def test_topics(queues, pattern, key, passes):
    queues.queue_bind("a", "amq.topic", pattern)
    assert reached(queues, "amq.topic", key) == ["a"] * passes


@pytest.mark.parametrize(
    ("wanted", "headers", "passes"),
    [
        ({"x-match": "all", "a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, True),
        ({"x-match": "all", "a": 1, "b": 2}, {"a": 1}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"x-match": "any", "a": 1, "b": 2}, {"a": 1}, True),
        ({"x-match": "any", "a": 1, "b": 2}, {"a": 2}, False),
        ({"x-match": "any"}, {"a": 2}, False),
        ({"x-match": "all"}, {"a": 2}, True),
        ({}, None, True),
        ({"x-match": "all", "a": None}, {"a": 5}, True),
        ({"x-match": "all", "x-a": 1}, {"x-a": 2}, True),
        ({"x-match": "all-with-x", "x-a": 1}, {"x-a": 2}, False),
        ({"x-match": "any-with-x", "x-a": 1}, {"x-a": 1}, True),
        ({"x-match": "all", "a": True}, {"a": 1}, False),
        ({"x-match": "all", "a": "1"}, {"a": 1}, False),
    ],
)
def test_headers(queues, wanted, headers, passes):
    queues.queue_bind("a", "amq.headers", "", arguments=wanted)
    assert reached(queues, "amq.headers", "k", headers) == ["a"] * passes


def test_direct_and_fanout(queues):
    queues.queue_bind("a", "amq.direct", "k")
    queues.queue_bind("b", "amq.direct", "k")
    queues.queue_bind("c", "amq.direct", "other")
    queues.queue_bind("c", "amq.fanout", "ignored")
    assert reached(queues, "amq.direct", "k") == ["a", "b"]
    assert reached(queues, "amq.fanout", "k") == ["c"]


def test_every_queue_gets_one_copy_however_many_ways_lead_there(queues):
    for pattern in ("#", "a.*", "a.b"):
        queues.queue_bind("a", "amq.topic", pattern)
    assert reached(queues, "amq.topic", "a.b") == ["a"]


def test_every_queue_has_its_name_at_the_default_exchange(queues):
    assert reached(queues, "", "b") == ["b"]
    queues.queue_delete("b")
    queues.queue_declare("b")
    assert reached(queues, "", "b") == ["b"]


def test_exchanges_are_bound_to_exchanges_in_a_circle_too(queues):
    for name in ("one", "two"):
        queues.exchange_declare(name, "topic")
        queues.queue_bind("a" if name == "one" else "b", name, "#")
    queues.exchange_bind("two", "one", "k.#")
    queues.exchange_bind("one", "two", "#")
    assert reached(queues, "one", "k.1") == ["a", "b"]
    assert reached(queues, "one", "other") == ["a"]
    queues.exchange_unbind("two", "one", "k.#")
    assert reached(queues, "one", "k.1") == ["a"]


def test_what_an_exchange_does_not_route_goes_to_its_alternate(queues):
    queues.exchange_declare("rest", "fanout")
    queues.exchange_declare("e", "direct", arguments={"alternate-exchange": "rest"})
    queues.queue_bind("a", "e", "k")
    queues.queue_bind("b", "rest")
    assert reached(queues, "e", "k") == ["a"]
    assert reached(queues, "e", "unknown") == ["b"]


def test_copies_by_header(queues):
    assert reached(queues, "", "a", {"CC": ["b"], "BCC": ["c"]}) == ["a", "b", "c"]


def test_blind_copies_stay_unknown(queues):
    properties = pika.BasicProperties(headers={"CC": ["b"], "BCC": ["c"], "x": 1})
    queues.basic_publish("", "a", b"", properties)
    assert queues.basic_get("c")[1].headers == {"CC": ["b"], "x": 1}


def test_bindings_with_other_arguments_are_other_bindings(queues):
    queues.queue_bind("a", "amq.topic", "k", arguments={"n": 1})
    queues.queue_bind("a", "amq.topic", "k", arguments={"n": 2})
    queues.queue_unbind("a", "amq.topic", "k", arguments={"n": 1})
    assert reached(queues, "amq.topic", "k") == ["a"]
    queues.queue_unbind("a", "amq.topic", "k", arguments={"n": 2})
    assert reached(queues, "amq.topic", "k") == []


def test_an_exchange_goes_with_its_last_binding(queues):
    queues.exchange_declare("e", "fanout", auto_delete=True)
    queues.queue_bind("a", "e")
    queues.queue_unbind("a", "e")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no exchange"):
        queues.exchange_declare("e", passive=True)


def test_a_returned_message_is_the_one_that_was_published(queues):
    returned = []
    queues.add_on_return_callback(lambda *parts: returned.append(parts[1:]))
    properties = pika.BasicProperties(message_id="m")
    queues.basic_publish("amq.topic", "nobody", b"x" * 200_000, properties, mandatory=True)
    while not returned:
        queues.connection.process_data_events(time_limit=1)
    method, sent, body = returned[0]
    assert (method.reply_code, method.reply_text) == (312, "NO_ROUTE")
    assert (method.exchange, method.routing_key) == ("amq.topic", "nobody")
    assert (sent.message_id, len(body)) == ("m", 200_000)
