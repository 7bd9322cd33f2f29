"""Lines of JSON over a socket: all that passes between the processes of a grading run."""

import json
import select
import socket
import time

MIB = 1 << 20


class Broken(Exception):
    """The other side is gone, or what came from it is no frame."""


class Frames:
    """One end of a connection. `most` is the longest frame that is taken, in bytes."""

    def __init__(self, connection: socket.socket, most: int = 64 * MIB):
        self._socket, self._most = connection, most
        self._buffer = bytearray()
        self._searched = 0

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, frame: dict) -> None:
        """Raises Broken."""
        try:
            self._socket.sendall(json.dumps(frame).encode() + b"\n")
        except OSError as error:
            raise Broken(str(error)) from error

    def receive(self, seconds: float | None = None) -> dict:
        """The next frame. Raises Broken, and TimeoutError where it takes longer than `seconds`."""
        until = None if seconds is None else time.monotonic() + seconds
        while (end := self._buffer.find(b"\n", self._searched)) < 0:
            self._searched = len(self._buffer)
            if self._searched > self._most:
                raise Broken(f"> {self._most} bytes")
            self._buffer += self._read(until)
        self._searched = 0
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return _object(line)

    def close(self) -> None:
        self._socket.close()

    def _read(self, until: float | None) -> bytes:
        left = None if until is None else max(until - time.monotonic(), 0)
        if not select.select([self._socket], [], [], left)[0]:
            raise TimeoutError
        try:
            read = self._socket.recv(MIB)
        except OSError as error:
            raise Broken(str(error)) from error
        if not read:
            raise Broken("gone")
        return read


def _object(line: bytes) -> dict:
    try:
        frame = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Broken("no JSON") from error
    if not isinstance(frame, dict):
        raise Broken("no object")
    return frame
