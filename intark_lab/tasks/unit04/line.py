"""A line to the broker that can be cut, as a power cut would do it, and that ends what never ends.

The check hands a learner's code an address of its own and passes everything on to the broker. What
was sent before the cut arrives; what comes after it does not. So each way of using pika meets the
same accident, on every broker.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from urllib.parse import urlsplit

PATIENCE = 1.5
"""Seconds without a sign of life after which a function is taken to have nothing more to do."""
_CHUNK = 65_536
_GOODBYE = 2.0
"""Seconds that the broker has to close its side."""


class PowerCut(BaseException):
    """The lights went out. No `except Exception` holds it back."""


class Line:
    """A listener on loopback whose connections go on to the broker at `url`."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._broker = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._alarm, self._bell = socket.socketpair()
        port = self._listener.getsockname()[1]
        user = parts.netloc.rpartition("@")[0]
        self.url = parts._replace(netloc=f"{user}@127.0.0.1:{port}").geturl()
        """The address to use in place of the broker's own."""
        self.is_cut = self.was_used = False
        self._seen = time.monotonic()
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def alive(self) -> None:
        """The function has done something."""
        self._seen, self.was_used = time.monotonic(), True

    def cut(self) -> None:
        """Cut it. When this returns, the broker knows."""
        self.is_cut = True
        self._bell.close()
        for thread in self._threads:  # the first one may still add to them
            thread.join()
        self._alarm.close()

    @property
    def rests(self) -> bool:
        """Whether nothing has happened for PATIENCE."""
        return time.monotonic() - self._seen > PATIENCE

    def _listen(self) -> None:
        with self._listener:
            while self._alarm not in (ready := select([self._listener, self._alarm], [], [])[0]):
                near, _ = ready[0].accept()
                carrier = threading.Thread(target=self._carry, args=(near,), daemon=True)
                self._threads.append(carrier)
                carrier.start()

    def _carry(self, near: socket.socket) -> None:
        """Both ways, until either side hangs up or the cut."""
        with suppress(OSError), near, socket.create_connection(self._broker) as far:
            for side in (near, far):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            other = {near: far, far: near}
            while self._alarm not in (ready := select([near, far, self._alarm], [], [])[0]):
                for side in ready:
                    if not (data := side.recv(_CHUNK)):
                        return
                    other[side].sendall(data)
            _finish(near, far)


def _finish(near: socket.socket, far: socket.socket) -> None:
    """Pass on what was sent before the cut, and wait until the broker has let go."""
    while select([near], [], [], 0)[0] and (data := near.recv(_CHUNK)):
        far.sendall(data)
    far.shutdown(socket.SHUT_WR)
    far.settimeout(_GOODBYE)
    while far.recv(_CHUNK):
        pass


@contextmanager
def held(url: str) -> Iterator[Line]:
    """A line that is cut at the end of the block, or when whoever uses it has come to rest."""
    line, over = Line(url), threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            if line.rests:
                line.cut()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield line
    finally:
        over.set()
        watcher.join()
        line.cut()
