"""The lab of one submission, in a process of its own: what it records is the score.

The submission knows the lab's token, as every learner's kernel does, and reaches what a learner
reaches. What was judged, and during which cell, is told over another connection, which only the
grader has.
"""

import asyncio
import json
import secrets
import socket

from intark_lab.grading.inside.frames import Broken, Frames
from intark_lab.institution import CONTROL, Institution
from intark_lab.messages.post import Post
from intark_lab.server import Labs, Listener
from intark_lab.store import Store
from intark_lab.texts import text

CLOSED = ("/solution", "/owner")
"""Ends of control addresses that no submission has a use for."""
SECRETS = ("admin_username", "admin_password", "token")
"""What the lab's card does not tell a submission."""
MOST = 5_000
"""Attempts that are kept; an honest notebook makes a dozen."""
_LAST = "SELECT kind FROM attempt ORDER BY rowid DESC LIMIT 1"


class Record:
    """An ASGI application around a lab that keeps what its control side judged."""

    def __init__(self, app, store: Store):
        self._app, self._store = app, store
        self.judged: list[dict] = []
        """One entry for each time that the judge was asked: see _entry."""

    async def __call__(self, scope: dict, receive, send) -> None:
        path = scope.get("path", "")
        if CONTROL + "/" not in path:
            await self._app(scope, receive, send)
        elif path.endswith(CLOSED):
            await _refuse(send)
        elif path.endswith("/judge"):
            await self._judge(path.split("/")[-2], scope, receive, send)
        elif path.endswith("/state"):
            await self._app(scope, receive, _without_secrets(send))
        else:
            await self._app(scope, receive, send)

    async def _judge(self, task: str, scope: dict, receive, send) -> None:
        asked, answered, status = bytearray(), bytearray(), 0

        async def hearing():
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def saying(message):
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, hearing, saying)
        if len(self.judged) < MOST:
            self.judged.append(self._entry(task, status == 200, asked, answered))

    def _entry(self, task: str, judged: bool, asked: bytearray, answered: bytearray) -> dict:
        """The task, whether anything was asked of the judge, and what the judge said."""
        entry = {"task": task[:40], "judged": judged}
        if not judged:
            return entry | {"untried": _loaded(asked) == {"untried": "value"}}
        said, row = _loaded(answered), self._store.one(_LAST)
        return entry | {
            "points": said["points"],
            "max": said["max"],
            "outcome": said["record"]["outcome"],
            "message": said["text"],
            "messages": row["kind"].split(),
        }


def _loaded(body: bytearray):
    try:
        return json.loads(body)
    except ValueError:
        return None


async def _refuse(send) -> None:
    body = json.dumps({"message": text("grade.closed")}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _without_secrets(send):
    """Sends the card without what is not the learner's."""
    start: dict = {}
    body = bytearray()

    async def sending(message):
        if message["type"] == "http.response.start":
            start.update(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        card = {k: v for k, v in (_loaded(body) or {}).items() if k not in SECRETS}
        shown = json.dumps(card).encode()
        headers = [(k, v) for k, v in start["headers"] if k != b"content-length"]
        headers.append((b"content-length", b"%d" % len(shown)))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": shown})

    return sending


def run(connection: socket.socket, seed: int, hold) -> None:
    """Serve a fresh lab until the connection ends, and tell over it what was judged.

    `hold` is called once the lab is made and before anybody reaches it.
    """
    asyncio.run(_serve(Frames(connection), seed, hold))


async def _serve(frames: Frames, seed: int, hold) -> None:
    institution = Institution.fresh(seed, lab_id=secrets.token_hex(4))
    labs, post = Labs(), Post()
    record = Record(labs, institution.store)
    hold()
    await post.open()
    post.add(institution)
    labs.add(institution)
    listener = await Listener.open(record)
    url = listener.url + institution.base_path
    frames.send({"url": url, "token": institution.token, "port": listener.port})
    await _answer(frames, record)


async def _answer(frames: Frames, record: Record) -> None:
    """Tell the attempts since the last question, each time one is asked."""
    loop, told = asyncio.get_running_loop(), 0
    ended = loop.create_future()

    def asked() -> None:
        nonlocal told
        try:
            frames.receive()
            frames.send({"judged": record.judged[told:]})
            told = len(record.judged)
        except Broken:
            loop.remove_reader(frames)
            ended.set_result(None)

    loop.add_reader(frames, asked)
    await ended
