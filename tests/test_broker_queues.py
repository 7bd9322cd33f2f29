"""Queues that expire, overflow, sort by priority, and give up their dead; on both brokers."""

import pika
import pytest
from brokers import until


def bodies(channel, queue: str) -> list[str]:
    """Take everything that waits in a queue."""
    found = []
    while (got := channel.basic_get(queue, auto_ack=True))[0]:
        found.append(got[2].decode())
    return found


def publish(channel, *words: str, queue: str = "q", **properties) -> None:
    for word in words:
        channel.basic_publish("", queue, word.encode(), pika.BasicProperties(**properties))


def size(channel, queue: str) -> int:
    return channel.queue_declare(queue, passive=True).method.message_count


@pytest.mark.parametrize("how", ["queue", "message", "both"])
def test_a_message_expires_and_is_buried(channel, how):
    channel.queue_declare("dead")
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    arguments |= {"x-message-ttl": 20 if how == "queue" else 60_000} if how != "message" else {}
    channel.queue_declare("q", arguments=arguments)
    publish(channel, "old", expiration=None if how == "queue" else "20")
    until(lambda: size(channel, "dead") == 1)
    _, properties, body = channel.basic_get("dead", auto_ack=True)
    death = properties.headers["x-death"][0]
    assert (body, properties.expiration) == (b"old", None)
    assert (death["reason"], death["queue"], death["count"]) == ("expired", "q", 1)
    assert (death["exchange"], death["routing-keys"]) == ("", ["q"])
    assert death.get("original-expiration") == (None if how == "queue" else "20")
    assert properties.headers["x-first-death-reason"] == "expired"


def test_a_message_that_may_not_wait_reaches_only_who_waits_for_it(channel):
    channel.queue_declare("q", arguments={"x-message-ttl": 0})
    publish(channel, "nobody is there")
    assert bodies(channel, "q") == []
    seen = []
    channel.basic_consume("q", lambda *parts: seen.append(parts[3]), auto_ack=True)
    publish(channel, "somebody is")
    until(lambda: seen, channel)
    assert seen == [b"somebody is"]


def test_messages_expire_at_the_head_of_the_line(channel):
    channel.queue_declare("q")
    channel.queue_declare("timer", arguments={"x-dead-letter-exchange": "amq.fanout"})
    channel.queue_declare("rung")
    channel.queue_bind("rung", "amq.fanout")
    publish(channel, "stays")
    publish(channel, "short", expiration="1")
    publish(channel, "", queue="timer", expiration="30")
    until(lambda: size(channel, "rung"))
    assert size(channel, "q") == 2
    assert bodies(channel, "q") == ["stays"]


def test_a_queue_expires_when_nobody_uses_it(broker, channel):
    channel.queue_declare("q", arguments={"x-expires": 50})

    def gone() -> bool:
        with broker.channel() as other:
            try:
                other.basic_consume("q", print)  # using it: only then the time begins anew
            except pika.exceptions.ChannelClosedByBroker:
                return True
            other.cancel()
            return False

    channel.basic_consume("q", print, consumer_tag="c")
    channel.basic_cancel("c")
    until(gone, pause=0.2)


@pytest.mark.parametrize(
    ("arguments", "left", "buried"),
    [
        ({"x-max-length": 2}, ["c", "d"], ["a", "b"]),
        ({"x-max-length": 2, "x-overflow": "drop-head"}, ["c", "d"], ["a", "b"]),
        ({"x-max-length": 2, "x-overflow": "reject-publish"}, ["a", "b"], []),
        ({"x-max-length": 2, "x-overflow": "reject-publish-dlx"}, ["a", "b"], ["c", "d"]),
        ({"x-max-length-bytes": 3}, ["b", "c", "d"], ["a"]),
        ({"x-max-length": 0}, [], ["a", "b", "c", "d"]),
    ],
)
def test_a_full_queue(channel, arguments, left, buried):
    channel.queue_declare("dead")
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    channel.queue_declare("q", arguments=arguments | dead)
    publish(channel, "a", "b", "c", "d")
    assert bodies(channel, "q") == left
    until(lambda: size(channel, "dead") == len(buried))
    assert bodies(channel, "dead") == buried


def test_only_waiting_messages_count_towards_the_length(channel):
    channel.queue_declare("q", arguments={"x-max-length": 1})
    publish(channel, "a")
    tag = channel.basic_get("q")[0].delivery_tag
    publish(channel, "b")
    channel.basic_ack(tag)
    assert bodies(channel, "q") == ["b"]


def test_higher_priorities_go_first(channel):
    channel.queue_declare("q", arguments={"x-max-priority": 5})
    for word, priority in [("a0", None), ("b3", 3), ("c3", 3), ("d5", 5), ("e9", 9), ("f1", 1)]:
        publish(channel, word, priority=priority)
    assert bodies(channel, "q") == ["d5", "e9", "b3", "c3", "f1", "a0"]


def test_what_is_put_back_keeps_its_priority_and_place(channel):
    channel.queue_declare("q", arguments={"x-max-priority": 5})
    publish(channel, "a", "b")
    publish(channel, "c", priority=2)
    taken = [channel.basic_get("q") for _ in range(3)]
    channel.basic_nack(taken[-1][0].delivery_tag, multiple=True)
    assert bodies(channel, "q") == ["c", "a", "b"]


@pytest.mark.parametrize("how", ["reject", "nack", "nack several"])
def test_rejected_messages_are_buried(channel, how):
    channel.exchange_declare("dlx", "topic")
    channel.queue_declare("dead")
    channel.queue_bind("dead", "dlx", "#")
    channel.queue_declare("q", arguments={"x-dead-letter-exchange": "dlx"})
    publish(channel, "a", "b", headers={"own": 1})
    tags = [channel.basic_get("q")[0].delivery_tag for _ in range(2)]
    if how == "nack several":
        channel.basic_nack(tags[1], multiple=True, requeue=False)
    else:
        for tag in tags:
            {"reject": channel.basic_reject, "nack": channel.basic_nack}[how](tag, requeue=False)
    until(lambda: size(channel, "dead") == 2)
    method, properties, body = channel.basic_get("dead")
    assert (method.exchange, method.routing_key, body) == ("dlx", "q", b"a")
    assert properties.headers["own"] == 1
    assert properties.headers["x-death"][0]["reason"] == "rejected"


def test_deaths_are_counted_and_the_newest_is_first(channel):
    channel.queue_declare("q", arguments=_buries_in("again"))
    channel.queue_declare("again", arguments={**_buries_in("q"), "x-message-ttl": 5})
    publish(channel, "m")
    for _ in range(2):
        until(lambda: size(channel, "q"))
        channel.basic_reject(channel.basic_get("q")[0].delivery_tag, requeue=False)
    until(lambda: size(channel, "q"))
    deaths = channel.basic_get("q")[1].headers["x-death"]
    assert [(each["queue"], each["reason"], each["count"]) for each in deaths] == [
        ("again", "expired", 2),
        ("q", "rejected", 2),
    ]


def test_a_message_that_only_runs_in_circles_is_dropped(channel):
    channel.queue_declare("one", arguments={**_buries_in("two"), "x-message-ttl": 5})
    channel.queue_declare("two", arguments={**_buries_in("one"), "x-message-ttl": 5})
    channel.queue_declare("three", arguments={**_buries_in("rung"), "x-message-ttl": 100})
    channel.queue_declare("rung")
    publish(channel, "m", queue="one")
    publish(channel, "m", queue="three")
    until(lambda: size(channel, "rung"))
    assert size(channel, "one") + size(channel, "two") == 0


def _buries_in(queue: str) -> dict:
    return {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": queue}


def test_purge_takes_what_waits_and_leaves_what_was_delivered(channel):
    channel.queue_declare("q")
    publish(channel, "a", "b", "c")
    tag = channel.basic_get("q")[0].delivery_tag
    assert channel.queue_purge("q").method.message_count == 2
    channel.basic_nack(tag)
    assert bodies(channel, "q") == ["a"]


def test_deleting_says_how_many_waited(channel):
    channel.queue_declare("q")
    publish(channel, "a", "b")
    assert channel.queue_delete("q").method.message_count == 2


def test_server_named_queues_have_names_of_their_own_and_may_be_called_by_none(channel):
    names = [channel.queue_declare("", exclusive=True).method.queue for _ in range(2)]
    assert names[0] != names[1]
    assert all(name.startswith("amq.gen-") for name in names)
    channel.queue_bind("", "amq.topic", "k")
    channel.basic_publish("amq.topic", "k", b"x")
    assert bodies(channel, names[1]) == ["x"]


@pytest.mark.parametrize("how", ["exclusive", "auto-delete"])
def test_queues_that_go_with_those_who_use_them(broker, channel, how):
    with broker.channel() as other:
        other.queue_declare("q", exclusive=how == "exclusive", auto_delete=how == "auto-delete")
        other.basic_consume("q", print)

    def gone() -> bool:
        with broker.channel() as looking:
            try:
                looking.queue_declare("q", passive=True)
            except pika.exceptions.ChannelClosedByBroker as closed:
                return closed.reply_code == 404
        return False

    until(gone)


def test_a_single_active_consumer_is_followed_by_the_next(channel):
    channel.queue_declare("q", arguments={"x-single-active-consumer": True})
    seen = []
    for tag in ("first", "second"):
        channel.basic_consume(
            "q", lambda _, method, *__: seen.append(method.consumer_tag), True, consumer_tag=tag
        )
    publish(channel, "a", "b")
    until(lambda: len(seen) == 2, channel)
    channel.basic_cancel("first")
    publish(channel, "c")
    until(lambda: len(seen) == 3, channel)
    assert seen == ["first", "first", "second"]


def test_the_active_consumer_stays_active_whoever_comes(channel):
    channel.queue_declare("q", arguments={"x-single-active-consumer": True})
    got = []
    for tag, priority in (("first", 0), ("second", 0), ("important", 10)):
        channel.basic_consume(
            "q",
            lambda _, method, *__: got.append(method.consumer_tag),
            auto_ack=True,
            consumer_tag=tag,
            arguments={"x-priority": priority},
        )
    for leaving in ("first", "important"):
        channel.basic_publish("", "q", b"")
        until(lambda: got and got[-1] == leaving, channel)  # noqa: B023
        channel.basic_cancel(leaving)
    assert got == ["first", "important"]


def test_a_message_put_back_makes_a_queue_too_long(channel):
    channel.queue_declare("q", arguments={"x-max-length": 1})
    channel.basic_publish("", "q", b"old")
    method, _, _ = channel.basic_get("q")
    channel.basic_publish("", "q", b"new")
    channel.basic_nack(method.delivery_tag)
    assert channel.basic_get("q", auto_ack=True)[2] == b"new"
    assert channel.basic_get("q")[0] is None
