"""Deliveries, acknowledgements and what comes back, on both brokers."""

import subprocess
import sys

import pika
import pytest
from brokers import until


@pytest.fixture
def five(channel):
    """A channel, and a queue `q` with the messages 0 to 4."""
    channel.queue_declare("q")
    for number in range(5):
        channel.basic_publish("", "q", b"%d" % number)
    return channel


def take(channel, count: int = 1) -> list[int]:
    """Get `count` messages of `q`; their delivery tags."""
    return [channel.basic_get("q")[0].delivery_tag for _ in range(count)]


def left(channel) -> list[tuple[int, bool]]:
    """What waits in `q`: message, and whether it is flagged redelivered."""
    found = []
    while (got := channel.basic_get("q", auto_ack=True))[0]:
        found.append((int(got[2]), got[0].redelivered))
    return found


AGAIN, NEW = True, False


def test_ack_several(five):
    take(five, 3)
    five.basic_ack(2, multiple=True)
    five.basic_recover(requeue=True)
    assert left(five) == [(2, AGAIN), (3, NEW), (4, NEW)]


def test_ack_all(five):
    take(five, 3)
    five.basic_ack(0, multiple=True)
    five.basic_recover(requeue=True)
    assert left(five) == [(3, NEW), (4, NEW)]


@pytest.mark.parametrize(
    ("tags", "multiple", "order"),
    [([1], False, [0, 3, 4]), ([2], False, [1, 3, 4]), ([3, 1], False, [0, 2, 3, 4]),
     ([2], True, [0, 1, 3, 4])],
)  # fmt: skip
def test_what_is_nacked_goes_back_to_its_place(five, tags, multiple, order):
    take(five, 3)
    for tag in tags:
        five.basic_nack(tag, multiple=multiple, requeue=True)
    assert [number for number, _ in left(five)] == order


def test_reject_without_requeue_drops(five):
    five.basic_reject(take(five)[0], requeue=False)
    assert left(five) == [(number, NEW) for number in (1, 2, 3, 4)]


def test_recover_gives_everything_back_in_order(five):
    take(five, 4)
    five.basic_ack(2)
    five.basic_recover(requeue=True)
    assert left(five) == [(0, AGAIN), (2, AGAIN), (3, AGAIN), (4, NEW)]


def test_a_tag_counts_once(five):
    tag = take(five)[0]
    five.basic_ack(tag)
    five.basic_ack(tag)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="unknown delivery tag 1"):
        five.queue_declare("q", passive=True)


def test_the_end_of_a_channel_gives_back_what_it_held(broker, five):
    other = five.connection.channel()
    take(other, 2)
    other.close()
    assert left(five)[:3] == [(0, AGAIN), (1, AGAIN), (2, NEW)]


A_CONSUMER = """
import sys, pika
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
channel.basic_qos(prefetch_count=1)
channel.basic_consume("q", lambda *parts: print("working", flush=True))
channel.start_consuming()
"""


def test_a_consumer_killed_before_its_ack_has_the_message_redelivered(broker, five):
    command = [sys.executable, "-c", A_CONSUMER, broker.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as consumer:
        assert consumer.stdout.readline() == b"working\n"
        consumer.kill()
    until(lambda: five.queue_declare("q", passive=True).method.message_count == 5)
    assert left(five)[:2] == [(0, AGAIN), (1, NEW)]


@pytest.mark.parametrize("everyone", [False, True])
def test_prefetch_by_consumer_or_by_channel(five, everyone):
    five.basic_qos(prefetch_count=1, global_qos=everyone)
    seen = []
    for tag in ("a", "b"):
        five.basic_consume("q", lambda _, method, *__: seen.append(method), consumer_tag=tag)
    until(lambda: five.queue_declare("q", passive=True).method.message_count <= 4, five)
    five.connection.process_data_events(time_limit=0.1)
    assert len(seen) == (1 if everyone else 2)


def test_without_acknowledgement_there_is_no_limit(five):
    five.basic_qos(prefetch_count=1)
    seen = []
    five.basic_consume("q", lambda *parts: seen.append(parts[3]), auto_ack=True)
    until(lambda: len(seen) == 5, five)


def test_consumers_take_turns(five):
    seen = []
    five.basic_qos(prefetch_count=1)
    for tag in ("a", "b"):

        def take_one(_, method, __, body, tag=tag):
            seen.append(tag)
            five.basic_ack(method.delivery_tag)

        five.basic_consume("q", take_one, consumer_tag=tag)
    until(lambda: len(seen) == 5, five)
    assert {seen.count("a"), seen.count("b")} == {2, 3}


def test_a_consumer_of_higher_priority_goes_first(channel):
    channel.queue_declare("q")
    seen = []
    for tag, priority in (("low", 1), ("high", 5), ("middle", 3)):
        channel.basic_consume(
            "q",
            lambda _, method, *__: seen.append(method.consumer_tag),
            consumer_tag=tag,
            arguments={"x-priority": priority},
        )
    for _ in range(3):
        channel.basic_publish("", "q", b"")
    until(lambda: len(seen) == 3, channel)
    assert seen == ["high"] * 3


def test_a_consumer_hears_that_its_queue_is_gone(broker, five):
    cancelled = []
    five.add_on_cancel_callback(cancelled.append)
    five.basic_consume("q", print, consumer_tag="mine", auto_ack=True)
    with broker.channel() as other:
        other.queue_delete("q")
    until(lambda: cancelled, five)
    assert cancelled[0].method.consumer_tag == "mine"


def test_cancelling_keeps_what_was_delivered(five):
    seen = []
    five.basic_qos(prefetch_count=1)
    five.basic_consume("q", lambda _, method, *__: seen.append(method), consumer_tag="mine")
    until(lambda: seen, five)
    five.basic_cancel("mine")
    five.basic_ack(seen[0].delivery_tag)
    assert left(five)[0] == (1, NEW)


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_transaction_is_all_or_nothing(broker, five, end):
    other = five.connection.channel()
    other.tx_select()
    other.basic_ack(take(other, 2)[0])
    other.basic_publish("", "q", b"5")
    assert five.queue_declare("q", passive=True).method.message_count == 3
    getattr(other, {"commit": "tx_commit", "rollback": "tx_rollback"}.get(end, "close"))()
    if end != "close":
        other.basic_recover(requeue=True)
        other.close()
    expected = [1, 2, 3, 4, 5] if end == "commit" else [0, 1, 2, 3, 4]
    assert [number for number, _ in left(five)] == expected


def test_a_get_says_how_many_are_left(five):
    method = five.basic_get("q", auto_ack=True)[0]
    assert (method.message_count, method.redelivered) == (4, False)
    five.queue_purge("q")
    assert five.basic_get("q") == (None, None, None)
