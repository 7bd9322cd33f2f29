"""What a learner does with pika: publish, consume, acknowledge; on both brokers."""

import pika
import pytest

KEPT = pika.BasicProperties(delivery_mode=2, message_id="m-1", headers={"år": 1, "b": b"\xff"})


def test_a_message_arrives_as_it_was_sent(channel):
    channel.queue_declare("q", durable=True)
    channel.basic_publish("", "q", "blåbær".encode(), KEPT)
    method, properties, body = channel.basic_get("q", auto_ack=True)
    assert body.decode() == "blåbær"
    assert (properties.delivery_mode, properties.message_id) == (2, "m-1")
    assert properties.headers == {"år": 1, "b": b"\xff"}
    assert (method.exchange, method.routing_key, method.redelivered) == ("", "q", False)


def test_messages_are_consumed_in_order_and_gone_once_acknowledged(channel):
    channel.queue_declare("q")
    for number in range(20):
        channel.basic_publish("", "q", b"%d" % number)
    seen = []
    for method, _, body in channel.consume("q"):
        seen.append(int(body))
        channel.basic_ack(method.delivery_tag)
        if len(seen) == 20:
            break
    channel.cancel()
    assert seen == list(range(20))
    assert channel.queue_declare("q", passive=True).method.message_count == 0


def test_what_nobody_acknowledged_is_redelivered_in_order(broker):
    with broker.channel() as first:
        first.queue_declare("q", durable=True)
        for number in range(3):
            first.basic_publish("", "q", b"%d" % number)
        for _ in range(2):
            first.basic_get("q")
    with broker.channel() as second:
        got = [second.basic_get("q", auto_ack=True) for _ in range(3)]
    assert [(int(body), method.redelivered) for method, _, body in got] == [
        (0, True),
        (1, True),
        (2, False),
    ]


@pytest.mark.parametrize("size", [0, 1, 4088, 131_063, 131_064, 131_065, 1_000_000])
def test_a_body_of_any_size_comes_back(channel, size):
    channel.queue_declare("q")
    channel.basic_publish("", "q", b"x" * size)
    assert channel.basic_get("q", auto_ack=True)[2] == b"x" * size


def test_a_publisher_hears_of_every_message(channel):
    channel.queue_declare("q", durable=True)
    channel.confirm_delivery()
    channel.basic_publish("", "q", b"kept", KEPT, mandatory=True)
    with pytest.raises(pika.exceptions.UnroutableError):
        channel.basic_publish("", "nowhere", b"lost", mandatory=True)
    channel.basic_publish("", "nowhere", b"nobody asked")


def test_a_full_queue_refuses(channel):
    channel.queue_declare("q", arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    channel.confirm_delivery()
    channel.basic_publish("", "q", b"1")
    with pytest.raises(pika.exceptions.NackError):
        channel.basic_publish("", "q", b"2")


def test_prefetch_holds_back_what_is_too_much(channel):
    channel.queue_declare("q")
    for number in range(5):
        channel.basic_publish("", "q", b"%d" % number)
    channel.basic_qos(prefetch_count=2)
    got = []
    channel.basic_consume("q", lambda _, method, __, body: got.append((method, body)))
    channel.connection.process_data_events(time_limit=0.1)
    ready = channel.queue_declare("q", passive=True).method.message_count
    assert (len(got), ready) == (2, 3)
    channel.basic_ack(got[1][0].delivery_tag, multiple=True)
    while len(got) < 4:
        channel.connection.process_data_events(time_limit=1)
    assert [int(body) for _, body in got] == [0, 1, 2, 3]
