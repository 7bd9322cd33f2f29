"""Real backends for the gateway to meet: small socket servers with one way to answer each."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def backend(answer: Callable[[socket.socket, bytes], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Listen on loopback; `answer(connection, head)` serves each request's connection.

    Gives the address, `http://127.0.0.1:PORT`, and the list of request heads seen so far.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []
    connections: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            seen.append(_request(connection))
            answer(connection, seen[-1])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()
        thread.join()


def say(*pieces: bytes, status: bytes = b"200 OK", headers: bytes = b"") -> Callable:
    """An answer in chunks, and then the connection's end."""

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(
            b"HTTP/1.1 %b\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n%b\r\n"
            % (status, headers)
        )
        for piece in filter(None, pieces):  # an empty one would end them
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        connection.close()

    return answer


def silence(connection: socket.socket, head: bytes) -> None:
    """Never answer."""


def hang_up(connection: socket.socket, head: bytes) -> None:
    """End the connection without a word."""
    connection.close()


def break_off(connection: socket.socket, head: bytes) -> None:
    """Promise a hundred bytes and send four."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfour")
    connection.close()


@contextmanager
def unreachable() -> Iterator[str]:
    """An address whose connections never come about: a listener with a full queue."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(8):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for one in (*fillers, listener):
            one.close()


def _request(connection: socket.socket) -> bytes:
    """A whole request, so that closing the connection resets nothing."""
    received = _until(connection, b"", lambda data: b"\r\n\r\n" in data)
    head, _, body = received.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        _until(connection, body, lambda data: data.endswith(b"0\r\n\r\n"))
    elif length := re.search(rb"content-length: (\d+)", head.lower()):
        _until(connection, body, lambda data: len(data) >= int(length[1]))
    return head


def _until(connection: socket.socket, received: bytes, enough: Callable) -> bytes:
    while not enough(received):
        piece = connection.recv(65536)
        if not piece:
            break
        received += piece
    return received
