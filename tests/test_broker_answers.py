"""Requests and answers without a queue in between, and publishers that must wait."""

import pika
import pytest
from brokers import until

from intark_lab.messages.broker import alarm

REPLY_TO = "amq.rabbitmq.reply-to"


def asking(channel) -> list[tuple[str, bytes]]:
    """Consume answers on a channel; they are gathered as (routing key, body)."""
    answers = []
    channel.basic_consume(
        REPLY_TO,
        lambda _channel, method, _properties, body: answers.append((method.routing_key, body)),
        auto_ack=True,
    )
    return answers


def ask(channel, question: bytes) -> None:
    channel.queue_declare("questions")
    channel.basic_publish("", "questions", question, pika.BasicProperties(reply_to=REPLY_TO))


def test_an_answer_goes_straight_to_the_channel_that_asked(broker, channel):
    answers = asking(channel)
    ask(channel, b"2 + 2?")
    with broker.channel() as other:
        _, properties, question = next(other.consume("questions", auto_ack=True))
        other.basic_publish("", properties.reply_to, question + b" 4")
        until(lambda: answers, channel)
        assert answers == [(properties.reply_to, b"2 + 2? 4")]
        assert properties.reply_to.startswith(REPLY_TO + ".")
        assert other.queue_declare(properties.reply_to).method.consumer_count == 1


def test_an_answer_for_somebody_who_left_is_not_routed(broker, channel):
    with broker.channel() as gone:
        asking(gone)
        ask(gone, b"?")
    _, properties, _ = channel.basic_get("questions", auto_ack=True)
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.UnroutableError):
        channel.basic_publish("", properties.reply_to, b"too late", mandatory=True)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND"):
        channel.queue_declare(properties.reply_to, passive=True)


def test_answers_can_be_left_and_asked_for_again(channel):
    tag = channel.basic_consume(REPLY_TO, print, auto_ack=True)
    channel.basic_cancel(tag)
    answers = asking(channel)
    ask(channel, b"?")
    _, properties, _ = channel.basic_get("questions", auto_ack=True)
    channel.basic_publish("", properties.reply_to, b"!")
    until(lambda: answers, channel)


def test_who_publishes_too_much_waits_until_it_is_fetched(broker, monkeypatch):
    if broker.kind == "rabbitmq":
        pytest.skip("a RabbitMQ's alarms are its whole node's")
    monkeypatch.setattr(alarm, "MOST", 100_000)
    monkeypatch.setattr(alarm, "LOOK_EVERY", 10_000)
    told = []
    with broker.connection(heartbeat=1) as connection, broker.channel() as consumer:
        connection.add_on_connection_blocked_callback(lambda *_: told.append("blocked"))
        connection.add_on_connection_unblocked_callback(lambda *_: told.append("unblocked"))
        channel = connection.channel()
        channel.queue_declare("q")
        for _ in range(20):
            channel.basic_publish("", "q", b"x" * 10_000)
        until(lambda: told == ["blocked"], channel)
        channel.basic_publish("", "q", b"after")
        consumer.queue_purge("q")
        until(lambda: told == ["blocked", "unblocked"], channel)
        until(lambda: consumer.basic_get("q", auto_ack=True)[2] == b"after")
