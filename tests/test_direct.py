"""Answers without ASGI: the same on the wire, and only where nothing has to be waited for."""

import asyncio
import socket
from unittest.mock import Mock

import pytest

from intark_lab.connection import Connection
from intark_lab.institution import Institution
from intark_lab.server import Labs, Listener
from intark_lab.uvicorn_parts import Config, ServerState

GET = b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = (b"content-length", b"2"), (b"x-a", b"\xe5")


class App:
    """Keeps the replies it is given for later; over ASGI it answers 202."""

    def __init__(self, takes: bool = True):
        self.takes, self.replies = takes, []

    def at_once(self, scope, reply) -> bool:
        self.line = scope["method"], scope["raw_path"], scope["query_string"]
        self.replies.append(reply)
        return self.takes

    async def __call__(self, _scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": [BODY[0]]})
        await send({"type": "http.response.body", "body": b"{}"})


def talk(app, *steps) -> list[bytes]:
    """What a connection writes in the course of `steps`: bytes come in, functions are called."""

    async def run() -> list[bytes]:
        settings = {"lifespan": "off", "log_config": None, "ws": "none", "proxy_headers": False}
        config = Config(app, http=Connection, **settings)
        config.load()
        connection = Connection(config, ServerState(), {}, asyncio.get_running_loop())
        transport = Mock(**{"get_extra_info.return_value": None, "is_closing.return_value": False})
        connection.connection_made(transport)
        for step in steps:
            connection.data_received(step) if isinstance(step, bytes) else step(connection)
            await asyncio.gather(*connection.tasks)
        connection.connection_lost(None)
        return [call.args[0] for call in transport.write.mock_calls] + (
            [b"closed"] if transport.close.call_count > 1 else []
        )

    return asyncio.run(run())


def send(app, headers=BODY, error=None):
    def answered(_connection) -> None:
        app.replies[-1].hold(200, headers, b"[]")
        app.replies[-1].release(error)

    return answered


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-a: \xe5\r\n"


def test_an_answer_is_written_once():
    app = App()
    assert talk(app, GET, send(app)) == [HEAD + b"\r\n[]"]
    assert app.line == ("GET", b"/a", b"b")


def test_the_answer_to_head_has_no_body():
    app = App()
    assert talk(app, GET.replace(b"GET", b"HEAD"), send(app)) == [HEAD + b"\r\n"]


@pytest.mark.parametrize(
    "request_",
    [GET.replace(b"/1.1", b"/1.0"), GET.replace(b"Host", b"Connection: close\r\nHost")],
    ids=["HTTP/1.0", "asked to"],
)
def test_a_connection_ends_after_its_last_answer(request_):
    app = App()
    assert talk(app, request_, send(app)) == [HEAD + b"connection: close\r\n\r\n[]", b"closed"]


def test_an_application_may_end_the_connection():
    app = App()
    written, closed = talk(app, GET, send(app, [(b"connection", b"close"), BODY[0]]))
    assert written.endswith(b"OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]")
    assert closed == b"closed"


def test_what_is_not_taken_is_asgis():
    first, last = talk(App(takes=False), GET)
    assert (first.split()[1], last) == (b"202", b"{}")


def test_requests_in_a_row_are_answered_in_their_order():
    app = App()
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    direct, started, body = talk(app, post[:-1], post[-1:] + GET, send(app))
    assert (direct, started[9:12], body) == (HEAD + b"\r\n[]", b"202", b"{}")
    assert len(app.replies) == 1


def test_a_client_that_does_not_read_is_asgis_to_wait_for():
    def call_unread(connection):
        connection.pause_writing()
        connection.data_received(GET)
        connection.resume_writing()

    app = App()
    assert talk(app, call_unread)[-1] == b"{}"
    assert app.replies == []


def test_nobody_is_answered_who_has_gone():
    app = App()
    assert talk(app, GET, lambda connection: connection.connection_lost(OSError()), send(app)) == []


def test_an_error_is_a_500_and_tells_nothing(caplog):
    app = App()
    app.at_once = Mock(side_effect=ValueError("secret"))
    with caplog.at_level("ERROR", "uvicorn.error"):
        written, closed = talk(app, GET)
    assert written.startswith(b"HTTP/1.1 500 ")
    assert written.endswith(b"connection: close\r\n\r\nInternal Server Error")
    assert closed == b"closed"
    assert "secret" in caplog.text


def test_what_could_not_be_kept_is_not_told(caplog):
    app = App()
    with caplog.at_level("ERROR", "uvicorn.error"):
        written, closed = talk(app, GET, send(app, error=OSError("disk full")))
    assert written.startswith(b"HTTP/1.1 500 ")
    assert BODY[1][0] not in written
    assert closed == b"closed"
    assert "disk full" in caplog.text


@pytest.fixture
def kept(tmp_path):
    """An institution whose state is a file."""
    made = Institution.at(tmp_path / "lab.sqlite", seed=1)
    yield made
    made.close()


def answer_while_closing(institution: Institution) -> bytes:
    """The first line of the answer to a call that has just come in when the listener closes."""

    async def run() -> bytes:
        labs = Labs()
        labs.add(institution)
        listener = await Listener.open(labs)
        loop = asyncio.get_running_loop()
        with socket.create_connection((listener.host, listener.port)) as client:
            client.setblocking(False)
            path = f"{institution.base_path}/gateway/orgreg/v3/units"
            await loop.sock_sendall(client, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while not institution.store.last_usage():
                await asyncio.sleep(0)
            await listener.close()
            return (await loop.sock_recv(client, 100)).splitlines()[0]

    return asyncio.run(run())


def test_a_listener_that_closes_sends_what_it_owes(kept):
    assert answer_while_closing(kept) == b"HTTP/1.1 200 OK"


def test_a_call_whose_row_cannot_be_kept_is_not_answered(kept):
    with kept.store.transaction():
        kept.store.write("DROP TABLE call")
    assert answer_while_closing(kept) == b"HTTP/1.1 500 Internal Server Error"


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_http_1_0_knows_no_chunks(told, method):
    async def pieces(_scope, _receive, send):
        headers = [(b"content-length", b"4")] if told else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in (b"ab", b"cd"):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    head = method + b" / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    written = b"".join(talk(pieces, head))
    assert b"transfer-encoding" not in written
    assert (b"content-length: 4" in written) is told
    assert b"connection: close" in written
    assert written.endswith(b"\r\n\r\n" + (b"abcd" if method == b"GET" else b"") + b"closed")
