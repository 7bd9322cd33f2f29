"""A cell's outputs, gathered as nbclient would have done, within limits."""

import codecs
import fcntl
import io
import json
import os
import select
import termios
import threading
import time

from jupyter_client.session import Session
from traitlets import Any

KEPT = {"execute_result", "display_data", "error"}
CUT = "\n[…]\n"
"""What stands where output was left out."""


class Outputs:
    """The outputs of one cell at a time; threads may add to them."""

    def __init__(self, cell_bytes: int, all_bytes: int):
        self._cell_bytes, self._left = cell_bytes, all_bytes
        self._lock = threading.RLock()
        self._shown: list[tuple[str, dict]] = []
        self.begin()

    def begin(self) -> None:
        self._outputs: list[dict] = []
        self._room = min(self._cell_bytes, self._left)
        self._begun = self._room
        self._clear_next = False

    def end(self) -> list[dict]:
        """The cell's outputs. What comes after belongs to the next one."""
        with self._lock:
            self._left -= self._begun - self._room
            done = self._outputs
            self._outputs = []
            return done

    def write(self, name: str, text: str) -> None:
        """Add to a stream; the same stream's text is one output while nothing comes between."""
        with self._lock:
            text = self._fitting(text)
            if not text:
                return
            self._clear_if_due()
            last = self._outputs[-1] if self._outputs else {}
            if last.get("name") == name:
                last["text"] += text
            else:
                self._outputs.append({"output_type": "stream", "name": name, "text": text})

    def add(self, kind: str, content: dict) -> None:
        """Take one message of the kernel."""
        with self._lock:
            if kind == "clear_output":
                self._clear_next = content["wait"]
                if not content["wait"]:
                    self._outputs.clear()
            elif kind == "update_display_data":
                self._update(content)
            elif kind in KEPT and self._fits(content):
                self._clear_if_due()
                self._append(kind, content)

    def _append(self, kind: str, content: dict) -> None:
        display = content.pop("transient", {}).get("display_id")
        output = {"output_type": kind, **content}
        self._outputs.append(output)
        if display is not None:
            self._shown.append((display, output))

    def _update(self, content: dict) -> None:
        display = content.get("transient", {}).get("display_id")
        for known, output in self._shown:
            if known == display and self._fits(content):
                output |= {"data": content["data"], "metadata": content["metadata"]}

    def _clear_if_due(self) -> None:
        if self._clear_next:
            self._outputs.clear()
            self._clear_next = False

    def _fitting(self, text: str) -> str:
        """As much of the text as there is room for, and a mark where it ends."""
        if self._room <= 0:
            return ""
        size = len(text.encode(errors="replace"))
        if size > self._room:
            text = text.encode(errors="replace")[: self._room].decode(errors="ignore") + CUT
        self._room -= size
        return text

    def _fits(self, content: dict) -> bool:
        size = len(json.dumps(content, default=str))
        if size > self._room:
            self.write("stdout", CUT)
            return False
        self._room -= size
        return True


class Recorder(Session):
    """A kernel's session that keeps what would go to its frontends."""

    outputs = Any()

    def send(self, stream, msg_or_type, content=None, parent=None, *_args, **_kwargs):
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content=content, parent=parent)
        self.outputs.add(message["msg_type"], dict(message["content"]))
        return message


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a cell. A forked process writes to the file below it."""

    encoding, errors = "UTF-8", None

    def __init__(self, name: str, outputs: Outputs, handle: int):
        self.name, self._outputs, self._handle = name, outputs, handle
        self._process = os.getpid()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() == self._process:
            self._outputs.write(self.name, text)
        else:
            os.write(self._handle, text.encode(errors="replace"))
        return len(text)

    def fileno(self) -> int:
        return self._handle

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """A cell cannot close what the next one needs."""


class Capture:
    """What goes to the file below a stream, such as a program's output, becomes the stream's."""

    def __init__(self, handle: int, stream: Stream):
        self._reader, writer = os.pipe()
        os.dup2(writer, handle)
        os.close(writer)
        self._stream, self._busy = stream, threading.Lock()
        threading.Thread(target=self._forward, daemon=True).start()

    def settle(self) -> None:
        """Wait until all that was written has been forwarded."""
        while self._waiting():
            time.sleep(0.001)
        with self._busy:
            return

    def _waiting(self) -> bool:
        count = fcntl.ioctl(self._reader, termios.FIONREAD, bytes(4))
        return count != bytes(4)

    def _forward(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while select.select([self._reader], [], []):
            with self._busy:
                self._stream.write(decoder.decode(os.read(self._reader, 65536)))
