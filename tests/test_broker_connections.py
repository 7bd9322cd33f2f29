"""Beginning and end of connections, and frames that no client library sends; on both brokers."""

import pytest
from brokers import until
from pamqp import commands, encode, frame
from rawamqp import GREETING, Raw, content_header, publish, raw_frame


@pytest.fixture
def raw(broker):
    with Raw(broker.url) as made:
        yield made


@pytest.mark.parametrize(
    "data",
    [b"HTTP/1.1", b"AMQP\x00\x01\x00\x00", b"GET / HTTP/1.1\r\n\r\n"],
)
def test_another_protocol_is_told_which_one_this_is(raw, data):
    raw.send(data)
    said = b""
    while data := raw.receive():
        said += data
    assert said == GREETING


def test_the_protocol_header_may_come_in_pieces(raw):
    raw.send(GREETING[:3])
    raw.send(GREETING[3:])
    start = raw.expect(commands.Connection.Start)
    assert start.mechanisms.split() in (["PLAIN", "AMQPLAIN"], ["AMQPLAIN", "PLAIN"])
    assert start.server_properties["capabilities"]["publisher_confirms"] is True


def test_both_ways_to_say_the_password(raw):
    login = encode.field_table({"LOGIN": raw.user, "PASSWORD": raw.password})[4:]
    raw.start("AMQPLAIN", login.decode())
    raw.tune()
    raw.expect(commands.Connection.OpenOk)


@pytest.mark.parametrize("mechanism", ["PLAIN", "AMQPLAIN"])
@pytest.mark.parametrize("name", [None, "nobody"])
def test_a_wrong_password_or_user(raw, mechanism, name):
    user = raw.user if name is None else name
    response = f"\x00{user}\x00wrong"
    if mechanism == "AMQPLAIN":
        response = encode.field_table({"LOGIN": user, "PASSWORD": "wrong"})[4:].decode()
    raw.start(mechanism, response)
    assert raw.ends() == (
        403,
        f"ACCESS_REFUSED - Login was refused using authentication mechanism {mechanism}. "
        "For details see the broker logfile.",
    )


def test_an_old_client_with_a_wrong_password_is_hung_up_on(raw):
    raw.start(response="\x00nobody\x00wrong", tells=False)
    assert raw.ends() is None


@pytest.mark.parametrize(
    ("vhost", "text"),
    [("none", "vhost none not found"), (None, "access to vhost '{}' refused for user '{}'")],
)
def test_no_vhost_of_yours(broker, raw, vhost, text):
    if vhost is None:
        broker.do(broker.door.forbid(broker.vhost, broker.user))
    raw.vhost = vhost or raw.vhost
    raw.start()
    raw.tune()
    text = text.format(broker.vhost, broker.user)
    assert raw.ends() == (530, f"NOT_ALLOWED - {text}")


@pytest.mark.parametrize(
    ("tuned", "text"),
    [
        ({"frame_max": 100}, "frame_max = 100 is lower than the minimum allowed value (4096)"),
        (
            {"frame_max": 2**20},
            "frame_max = 1048576 is higher than the maximum allowed value (131072)",
        ),
        ({"frame_max": 0}, "frame_max = 0 is higher than the maximum allowed value (131072)"),
        (
            {"channel_max": 5000},
            "channel_max = 5000 is higher than the maximum allowed value (2047)",
        ),
    ],
)
def test_tuning_beyond_the_limits(broker, raw, tuned, text):
    raw.start()
    raw.tune(**tuned)
    told = (530, f"NOT_ALLOWED - negotiated {text}")
    assert raw.ends() == (told if broker.kind == "embedded" else None)


def test_no_frame_is_longer_than_agreed(broker, raw):
    raw.open(frame_max=4096).channel()
    with broker.channel() as other:
        other.queue_declare("q")
        other.basic_publish("", "q", b"x" * 10_000)
    raw.call(commands.Basic.Get(0, "q", True), 1)
    raw.expect(commands.Basic.GetOk)
    raw.read()
    pieces = [len(raw.read()[1].value) for _ in range(3)]
    assert pieces == [4088, 4088, 10_000 - 2 * 4088]


FAULTS = {
    "a frame without end": (raw_frame(1, 1, b"\x00\x3c\x00\x0a", b"\x00"), 501),
    "a frame that is too long": (b"\x01\x00\x01\x7f\xff\xff\xff", 501),
    "an unknown type of frame": (raw_frame(5, 1, b"x"), 501),
    "a body without header": (raw_frame(3, 1, b"x"), 505),
    "a header without publish": (content_header(1), 505),
    "a method in place of content": (publish() + publish(), 505),
    "a body in place of a header": (publish() + raw_frame(3, 1, b"x"), 505),
    "a channel that is not open": (frame.marshal(commands.Tx.Select(), 7), 504),
    "a channel opened twice": (raw_frame(1, 1, b"\x00\x14\x00\x0a\x00"), 504),
    "a header of another class": (publish() + raw_frame(2, 1, b"\x00\x32" + bytes(12)), 505),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_makes_no_sense_ends_the_connection(raw, name):
    data, code = FAULTS[name]
    raw.open().channel()
    raw.send(data)
    ended = raw.ends()
    assert ended is not None
    assert ended[0] == code


def test_an_unknown_class_ends_the_connection(broker, raw):
    raw.open().channel()
    raw.send(raw_frame(1, 1, b"\x01\x00\x00\x0a"))
    told = (503, "COMMAND_INVALID - unknown method 0100000a")
    assert raw.ends() == (told if broker.kind == "embedded" else None)


def test_a_channel_in_error_takes_nothing_until_it_is_closed(raw):
    raw.open().channel()
    raw.call(commands.Queue.Declare(0, "none", passive=True), 1)
    raw.call(commands.Queue.Declare(0, "q", exclusive=True), 1)
    raw.expect(commands.Channel.Close)
    raw.call(commands.Channel.CloseOk(), 1)
    raw.channel()
    raw.call(commands.Queue.Declare(0, "q", passive=True), 1)
    assert raw.expect(commands.Channel.Close).reply_code == 404


def test_a_message_may_have_its_channels_interleaved(raw):
    raw.open().channel(1).channel(2)
    raw.call(commands.Queue.Declare(0, "q", exclusive=True), 1)
    raw.expect(commands.Queue.DeclareOk)
    one, two = (publish(channel=number) + content_header(4, number) for number in (1, 2))
    pieces = [raw_frame(3, number, text) for text in (b"ab", b"cd") for number in (1, 2)]
    raw.send(one, two, *pieces)
    bodies = []
    for _ in range(2):
        raw.call(commands.Basic.Get(0, "q", True), 1)
        raw.expect(commands.Basic.GetOk)
        raw.read()
        bodies.append(raw.read()[1].value)
    assert bodies == [b"abcd", b"abcd"]


def test_a_secret_can_be_renewed(raw):
    raw.open()
    raw.call(commands.Connection.UpdateSecret("new", "because"))
    raw.expect(commands.Connection.UpdateSecretOk)


def test_the_broker_says_something_while_nothing_happens(raw):
    raw.open(heartbeat=1)
    _, found = raw.read()
    assert type(found).__name__ == "Heartbeat"


def test_a_silent_client_is_dropped_and_its_messages_go_to_others(broker, raw, channel):
    channel.queue_declare("q")
    channel.basic_publish("", "q", b"x")
    raw.open(heartbeat=1).channel()
    raw.call(commands.Basic.Consume(0, "q", "c"), 1)
    raw.expect(commands.Basic.ConsumeOk)
    raw.expect(commands.Basic.Deliver)
    until(lambda: channel.queue_declare("q", passive=True).method.message_count == 1)
    assert channel.basic_get("q")[0].redelivered


def test_a_client_that_does_not_read_holds_nobody_up(broker, raw, channel):
    channel.queue_declare("q")
    raw.open().channel()
    raw.call(commands.Basic.Consume(0, "q", "c", no_ack=True), 1)
    raw.expect(commands.Basic.ConsumeOk)
    for _ in range(40):
        channel.basic_publish("", "q", b"x" * 1_000_000)
    other = channel.queue_declare("", exclusive=True).method.queue
    channel.basic_publish("", other, b"quick")
    assert channel.basic_get(other)[2] == b"quick"
    if broker.kind == "embedded":  # RabbitMQ takes all of it into its own memory
        assert channel.queue_declare("q", passive=True).method.message_count > 0
    until(lambda: _swallow(raw, channel) == 0)


def _swallow(raw, channel) -> int:
    """Read what has come; how many messages still wait."""
    raw.socket.settimeout(0.2)
    try:
        while raw.socket.recv(1 << 20):
            pass
    except TimeoutError:
        pass
    return channel.queue_declare("q", passive=True).method.message_count


def test_deleting_the_vhost_ends_its_connections(broker, raw):
    raw.open()
    broker.do(broker.door.delete_vhost(broker.vhost))
    assert raw.ends()[0] == 320
