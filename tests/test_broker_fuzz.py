"""Frames that nobody thought of: the embedded broker always ends or answers, and never errs."""

import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pamqp import commands, frame
from rawamqp import GREETING, Raw, content_header, publish, raw_frame

from intark_lab.institution import Institution
from intark_lab.kernel import host

INDEXES = sorted(commands.INDEX_MAPPING)
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def url():
    lab = Institution.fresh(seed=1, lab_id="fuzz")
    host().add(lab)
    for work in (
        lab.door.create_vhost("fuzz"),
        lab.door.create_user("fuzz", "fuzz"),
        lab.door.permit("fuzz", "fuzz"),
    ):
        host().run(work)
    yield lab.door.url("fuzz", "fuzz", "fuzz")
    host().remove(lab)


@pytest.fixture(autouse=True)
def _no_errors(caplog):
    """A frame that made the broker's code fail is logged with its traceback."""
    caplog.set_level(logging.DEBUG, "intark_lab.messages")
    yield
    assert [record for record in caplog.records if record.exc_info] == []


methods = st.builds(
    lambda index, rest: raw_frame(1, 1, index.to_bytes(4, "big") + rest),
    st.sampled_from(INDEXES),
    st.binary(max_size=40),
)
frames = st.builds(
    raw_frame, st.sampled_from([1, 2, 3, 8, 0, 255]), st.integers(0, 3), st.binary(max_size=60)
)
contents = st.builds(
    lambda header, body: publish() + raw_frame(2, 1, header) + raw_frame(3, 1, body),
    st.one_of(
        st.binary(max_size=40),
        st.binary(max_size=40).map(lambda end: b"\x00\x3c\x00\x00" + bytes(7) + b"\x03" + end),
    ),
    st.binary(min_size=3, max_size=3),
)
sensible = st.sampled_from(
    [
        frame.marshal(commands.Queue.Declare(0, "q"), 1),
        frame.marshal(commands.Basic.Consume(0, "q", "c"), 1),
        frame.marshal(commands.Basic.Get(0, "q"), 1),
        frame.marshal(commands.Basic.Ack(1, True), 1),
        frame.marshal(commands.Basic.Nack(0, True, True), 1),
        frame.marshal(commands.Channel.Close(200, "", 0, 0), 1),
        frame.marshal(commands.Channel.CloseOk(), 1),
        frame.marshal(commands.Channel.Open(), 1),
        frame.marshal(commands.Tx.Select(), 1),
        frame.marshal(commands.Tx.Rollback(), 1),
        publish() + content_header(3) + raw_frame(3, 1, b"abc"),
    ]
)


def settle(raw: Raw) -> None:
    """The broker hangs up, or says so to a client that says goodbye: it never hangs."""
    try:
        raw.call(commands.Connection.Close(200, "", 0, 0))
    except ConnectionError:
        return
    while (found := raw.read()) is not None:
        if isinstance(found[1], commands.Connection.Close):
            return


@QUICK
@given(data=st.binary(max_size=100))
def test_any_bytes_at_the_beginning(url, data):
    with Raw(url) as raw:
        raw.send(data)
        raw.socket.shutdown(1)
        while raw.receive():
            pass


@QUICK
@given(data=st.lists(st.one_of(frames, methods), max_size=3))
def test_any_frames_in_the_handshake(url, data):
    with Raw(url) as raw:
        raw.send(GREETING, *data)
        raw.socket.shutdown(1)
        while raw.receive():
            pass


@QUICK
@given(data=st.lists(st.one_of(frames, methods, contents, sensible), min_size=1, max_size=8))
def test_any_frames_on_an_open_channel(url, data):
    with Raw(url) as raw:
        raw.open().channel()
        raw.send(*data)
        settle(raw)


@QUICK
@given(data=st.lists(sensible, min_size=1, max_size=15))
def test_sensible_frames_in_any_order(url, data):
    with Raw(url) as raw:
        raw.open().channel()
        raw.send(*data)
        settle(raw)


def test_it_still_works(url):
    with Raw(url) as raw:
        raw.open().channel()
        raw.call(commands.Queue.Declare(0, "after", exclusive=True), 1)
        raw.expect(commands.Queue.DeclareOk)
