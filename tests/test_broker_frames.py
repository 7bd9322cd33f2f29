"""Answers frame by frame: which method is blamed, odd names, and the order of answers."""

import pika
import pytest
from pamqp import commands
from rawamqp import Raw, content_header, publish, raw_frame

from intark_lab.messages.broker import wire


def closed(broker, *sent) -> tuple[int, str, int, int]:
    """Code, text, class and method of the connection.close that follows."""
    with Raw(broker.url) as raw:
        raw.open().channel()
        for each in sent:
            raw.send(each) if isinstance(each, bytes) else raw.call(each, 1)
        while not isinstance((found := raw.read()[1]), commands.Connection.Close):
            pass
        return found.reply_code, found.reply_text, found.class_id, found.method_id


DECLARE_CUT = raw_frame(1, 1, b"\x00\x32\x00\x0a\x00")
UNEXPECTED = "UNEXPECTED_FRAME - "
EXPECTED_HEADER = UNEXPECTED + "expected content header for class 60, got "

CLOSED = {
    "an unknown type of exchange": (
        [commands.Exchange.Declare(exchange="e", exchange_type="odd")],
        (503, "COMMAND_INVALID - unknown exchange type 'odd'", 40, 10),
    ),
    "no type of exchange": (
        [commands.Exchange.Declare(exchange="e", exchange_type="")],
        (503, "COMMAND_INVALID - invalid exchange type ''", 40, 10),
    ),
    "a channel opened twice": (
        [commands.Channel.Open()],
        (504, "CHANNEL_ERROR - second 'channel.open' seen", 20, 10),
    ),
    "an answer instead of a request": (
        [commands.Queue.DeclareOk("q", 0, 0)],
        (503, "COMMAND_INVALID - unimplemented method", 50, 11),
    ),
    "a request cut short": (
        [DECLARE_CUT],
        (501, "FRAME_ERROR - cannot decode <<0>>", 50, 10),
    ),
    "content that nobody announced": (
        [content_header(1)],
        (505, UNEXPECTED + "expected method frame, got non method frame instead", 0, 0),
    ),
    "a request instead of content": (
        [publish(), commands.Queue.Declare(queue="q")],
        (505, EXPECTED_HEADER + "non content header frame instead", 60, 40),
    ),
    "content of another class": (
        [publish(), raw_frame(2, 1, b"\x00\x32\x00\x00" + bytes(10))],
        (505, EXPECTED_HEADER + "one for class 50 instead", 60, 40),
    ),
    "no end of a frame": (
        [raw_frame(1, 1, b"abcd", b"\x00")],
        (
            501,
            'FRAME_ERROR - type 1, all octets = <<"abcd">>: {invalid_frame_end_marker,0}',
            0,
            0,
        ),
    ),
    "an unknown kind of frame": (
        [raw_frame(5, 1, b"\x01\xff")],
        (501, "FRAME_ERROR - type 5, all octets = <<1,255>>: unknown_frame", 0, 0),
    ),
    "a frame too large": (
        [raw_frame(3, 1, bytes(131_080))],
        (501, "FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,131080,131064}", 0, 0),
    ),
    "a heartbeat on a channel": (
        [raw_frame(wire.HEARTBEAT, 1, b"")],
        (505, UNEXPECTED + "type 8, all octets = <<>>", 0, 0),
    ),
}


@pytest.mark.parametrize("case", CLOSED)
def test_the_connection_ends_and_says_for_what(broker, case):
    sent, answer = CLOSED[case]
    assert closed(broker, *sent) == answer


ODD = "kø nr. 1! «?»"


def test_names_may_be_any(channel):
    channel.exchange_declare(ODD, "topic")
    assert channel.queue_declare(ODD).method.queue == ODD
    channel.queue_bind(ODD, ODD, "#")
    channel.basic_publish(ODD, "å", b"here")
    method, _, body = channel.basic_get(ODD, auto_ack=True)
    assert (method.exchange, method.routing_key, body) == (ODD, "å", b"here")
    channel.queue_delete(ODD)
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.UnroutableError) as unroutable:
        channel.basic_publish(ODD, "å", b"", mandatory=True)
    assert unroutable.value.messages[0].method.exchange == ODD


def test_an_answer_comes_before_what_it_lets_loose(broker):
    with Raw(broker.url) as raw:
        raw.open().channel()
        raw.call(commands.Queue.Declare(queue="q"), 1)
        raw.send(publish(), content_header(0))
        raw.call(commands.Basic.Consume(queue="q"), 1)
        kinds = []
        while "Basic.Deliver" not in kinds:
            kinds.append(raw.read()[1].name)
        raw.call(commands.Basic.Recover(True), 1)
        while "Basic.RecoverOk" not in kinds:
            kinds.append(raw.read()[1].name)
        assert kinds.count("Basic.Deliver") == 1
        assert kinds.index("Basic.ConsumeOk") < kinds.index("Basic.Deliver")


def test_what_a_full_queue_refuses_is_nacked_as_rabbitmq_does(broker):
    full = {"x-max-length": 0, "x-overflow": "reject-publish"}
    with Raw(broker.url) as raw:
        raw.open().channel()
        raw.call(commands.Queue.Declare(queue="q", arguments=full), 1)
        raw.call(commands.Confirm.Select(), 1)
        raw.send(publish(), content_header(0))
        raw.expect(commands.Queue.DeclareOk)
        raw.expect(commands.Confirm.SelectOk)
        nack = raw.expect(commands.Basic.Nack)
        assert (nack.delivery_tag, nack.multiple, nack.requeue) == (1, True, True)
