"""Limits on what a client may send, and how slowly, with bare sockets."""

import asyncio
import socket
from base64 import b64encode
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest

from intark_lab.connection import MOST_HEAD, Connection
from intark_lab.uvicorn_parts import Config, ServerState

GET = b"GET /labs/listening/gateway/orgreg/v3/units?limit=1 HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def connect(listening):
    """Open a bare connection to the lab. It gives up after ten seconds."""
    opened = []

    def to_lab() -> socket.socket:
        address = urlsplit(listening[1])
        opened.append(socket.create_connection((address.hostname, address.port), timeout=10))
        return opened[-1]

    yield to_lab
    for one in opened:
        one.close()


def everything(connection: socket.socket) -> bytes:
    """What comes until the lab closes or resets the connection; TimeoutError when it never does."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


HEADS = {
    "a long URL": b"GET /" + b"x" * MOST_HEAD + b" HTTP/1.1\r\n\r\n",
    "a long header": GET + b"X-Long: " + b"x" * MOST_HEAD + b"\r\n\r\n",
    "many headers": GET + b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a URL with other letters": "GET /emner/Å HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "two lengths": GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_that_cannot_be_taken_ends_the_connection(connect, head):
    connection = connect()
    try:
        connection.sendall(head)
    except ConnectionError:
        return  # it ended before all was sent
    received = everything(connection)
    assert not received or received.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET", GET, GET + b"\r\n" + b"GET"],
    ids=["nothing", "a word", "no end", "a second, unfinished"],
)
def test_a_client_that_is_slow_with_its_head_is_dropped(connect, monkeypatch, sent):
    monkeypatch.setattr(Connection, "head_seconds", 0.2)
    connection = connect()
    connection.sendall(sent)
    assert everything(connection).count(b"HTTP/1.1 200") == sent.count(b"\r\n\r\n")


def test_a_client_that_is_slow_with_its_body_is_dropped(connect, monkeypatch):
    monkeypatch.setattr(Connection, "body_seconds", 0.2)
    connection = connect()
    connection.sendall(
        b"POST /labs/listening/portal/environments/DEFAULT/applications HTTP/1.1\r\n"
        b"Host: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    assert b"200" not in everything(connection)


LISTED = b"GET /labs/listening/portal/environments/DEFAULT/apis?size=1 HTTP/1.1\r\nHost: x\r\n\r\n"
IDLE = {
    "after an answer at once": [GET + b"\r\n"],
    "after an answer over ASGI": [LISTED],
    "after both, sent together": [GET + b"\r\n" + LISTED + GET + b"\r\n"],
    "after an answer that came before the body's end": [
        GET.replace(b"GET", b"POST") + b"Content-Length: 2\r\n\r\n{",
        b"}",
    ],
}


@pytest.mark.parametrize("pieces", IDLE.values(), ids=IDLE)
def test_a_client_that_is_idle_is_dropped(connect, monkeypatch, pieces):
    monkeypatch.setattr(Connection, "idle_seconds", 0.2)
    connection, received = connect(), b""
    for piece in pieces:
        connection.sendall(piece)
        received += connection.recv(65536)
    received += everything(connection)
    assert received.count(b"HTTP/1.1 ") == sum(piece.count(b" HTTP/1.1") for piece in pieces)


def test_a_client_that_is_quick_is_not(connect):
    connection = connect()
    for _ in range(3):
        connection.sendall(GET + b"\r\n")
        received = b""
        while b'"offset":0}' not in received:
            received += connection.recv(65536)
        assert b"200 OK" in received


HALF = b"x" * (MOST_HEAD // 2)
PIECES = {
    "short enough": ([GET + b"X: " + HALF, b"\r\n\r\n"], False),
    "too long, its end in the second": ([GET + b"X: " + HALF, HALF + b"\r\n\r\n"], True),
    "too long, its end in the third": ([GET + b"X: " + HALF, HALF, b"\r\n\r\n"], True),
}


async def empty(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(("pieces", "refused"), PIECES.values(), ids=PIECES)
def test_a_head_is_measured_over_its_pieces(pieces, refused):
    async def close() -> bool:
        config = Config(empty, http=Connection, lifespan="off", log_config=None, ws="none")
        config.load()
        connection = Connection(config, ServerState(), {}, asyncio.get_running_loop())
        transport = Mock(**{"get_extra_info.return_value": None, "is_closing.return_value": False})
        connection.connection_made(transport)
        for piece in pieces:
            connection.data_received(piece)
        await asyncio.gather(*connection.tasks)
        closed = transport.close.called
        connection.connection_lost(None)
        return closed

    assert asyncio.run(close()) is refused


def test_answers_come_whole_and_in_order(connect):
    connection = connect()
    head = GET.replace(b"GET", b"HEAD")
    last = b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    connection.sendall(GET + b"\r\n" + head + b"\r\n" + GET.replace(b"GET", b"POST") + last)
    first, second, third = everything(connection).split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200 ")
    assert first.endswith(b'"limit":1,"offset":0}')
    assert second.startswith(b"405 ")
    assert second.endswith(b"\r\n\r\n")
    assert third.startswith(b"405 ")
    assert third.endswith(b"Method not allowed while accessing this resource")


LEAVES = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
FORM = b'{"name": "Signs", "settings": {"app": {}}}'


@pytest.mark.parametrize("cut", [0, 40, -len(FORM), -3], ids=["whole", "head", "body", "end"])
def test_a_client_that_would_rather_speak_http_2_is_answered_in_http_1(connect, listening, cut):
    password = ":".join(listening[0].credentials("developer")).encode()
    post = b"".join(
        (
            b"POST /labs/listening/portal/environments/DEFAULT/applications HTTP/1.1\r\n",
            b"Host: x\r\nAuthorization: Basic " + b64encode(password) + b"\r\n" + LEAVES,
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(FORM) + FORM,
        )
    )
    connection = connect()
    connection.sendall(post[:cut])
    connection.sendall(post[cut:] + GET + LEAVES + b"\r\n" + GET + b"Connection: close\r\n\r\n")
    statuses = [part[:3] for part in everything(connection).split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"201", b"200", b"200"]


def test_many_such_requests_are_answered_though_they_come_together(connect):
    one = b"GET /labs/listening/gateway/x HTTP/1.1\r\nHost: x\r\n"
    connection = connect()
    connection.sendall((one + LEAVES + b"\r\n") * 1200 + one + b"Connection: close\r\n\r\n")
    assert everything(connection).count(b"HTTP/1.1 404 ") == 1201
