"""How the kernel drives the functions of unit 04: with real connections of pika, which break.

What is right is told by what the work saw and by what is left in the queue. Both are the same on
the lab's own broker and on RabbitMQ, which keeps no journal of messages.
"""

import copy
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import httpx

from intark_lab.lab import current
from intark_lab.tasks.driving import gateway_client
from intark_lab.tasks.evidence import called, in_one_case
from intark_lab.tasks.plain import NotPlain, plain
from intark_lab.tasks.unit04.line import Line, PowerCut, held
from intark_lab.tasks.unit04.running import channel_at, left_in, quiet_pika, run, wait_for
from intark_lab.texts import text

OFTEN = 20
"""Deliveries of one message after which a consumer is taken to go round in a circle."""
PACE = 15
"""Calls after which a second of lab time passes, so that nobody waits for a plan's limit."""


def parser(parse: Callable, orders: dict) -> dict:
    """Task 4.1: what the function makes of each message, as pika delivers it."""
    read = []
    with channel_at(orders["url"]) as channel:
        for _ in orders["messages"]:
            method, properties, body = channel.basic_get(orders["queue"], auto_ack=True)
            message = {"key": method.routing_key, "body": body.decode()}
            delivery = (method, properties, body)
            read.append(message | in_one_case(partial(_answer, parse, *delivery)))
    return {"read": read, "gateway": current().gateway_url}


def handler(handle: Callable, orders: dict) -> dict:
    """Task 4.2: what the function returns and what the register holds, case by case."""
    with closing(gateway_client(orders["key"])) as client:
        cases = _Cases(handle, client, orders)
        return {"cases": [cases.play(case) for case in orders["cases"]]}


def acknowledger(consume: Callable, orders: dict) -> dict:
    """Task 4.3: what the work saw in each run, and what was left after it."""
    work, runs = _Work(orders), []
    while len(runs) < orders["runs"]:
        with quiet_pika(), held(orders["url"]) as line, channel_at(line.url) as channel:
            work.begin(line)
            ended = run(line, consume, channel, orders["queue"], work)
        left = left_in(orders["queue"], orders["url"])
        runs.append({"worked": work.seen, "left": left, **ended})
        if not left or work.odd or "hung" in ended:
            break
    return {"runs": runs} | ({"odd": work.odd} if work.odd else {})


def receiver(receive: Callable, orders: dict) -> dict:
    """Task 4.4: what was handed on in each run, and what was left after it."""
    handle, runs = _Handle(orders["cut"]), []
    while len(runs) < orders["runs"]:
        with quiet_pika(), held(orders["url"]) as line:
            handle.begin(line)
            ended = run(line, receive, line.url, orders["queue"], handle)
        left = left_in(orders["queue"], orders["url"])
        runs.append({"handled": handle.seen, "left": left, **ended})
        if not left or ended:
            break
    sent = [{"key": one["key"], "said": json.loads(one["body"])} for one in orders["messages"]]
    return {"runs": runs, "messages": sent}


def keeper(keep_in_step: Callable, orders: dict) -> dict:
    """Task 4.5: the register after it all, with one power cut on the way."""
    register, caller, runs = copy.deepcopy(orders["register"]), _Caller(orders["cut_at"]), []
    wait_for(len(orders["told"]), orders["queue"], orders["url"])
    with closing(gateway_client(orders["key"], caller)) as client:
        while len(runs) < orders["runs"]:
            with quiet_pika(), held(orders["url"]) as line, channel_at(line.url) as channel:
                caller.line = line
                ended = run(line, keep_in_step, channel, orders["queue"], client, register)
            left = left_in(orders["queue"], orders["url"])
            runs.append({"left": left, **ended})
            if not left or ended:
                break
    echoed = {name: orders[name] for name in ("told", "cut_at")}
    changed = {"register": plain(register), "unchanged": register == orders["register"]}
    return {"runs": runs, "was_cut": caller.was_cut, **changed, **echoed}


DRIVES = {"4.1": parser, "4.2": handler, "4.3": acknowledger, "4.4": receiver, "4.5": keeper}


def _answer(parse: Callable, *message) -> dict:
    answer = called(parse, *message)
    time = answer.get("time") if isinstance(answer, dict) else None
    shown = {"answer": plain(answer), "type": type(answer).__name__}
    return {**shown, "is_time": isinstance(time, datetime), "time_type": type(time).__name__}


def _plain_or_text(value):
    try:
        return plain(value)
    except NotPlain:
        return str(value)


class _Cases:
    """One register, and what the handler makes of one notification after the other."""

    def __init__(self, handle: Callable, client: httpx.Client, orders: dict):
        self._handle, self._client, self._orders = handle, client, orders
        self._base = current().gateway_url + orders["path"]
        self._register = {self._url(id_): one for id_, one in orders["register"].items()}
        self._sent = {}

    def play(self, case: dict) -> dict:
        """One case: what was returned or raised, and the register's record before and after."""
        url = self._url(case["id"])
        before = plain(self._register)
        if "fault" in case:
            fault = {**case["fault"], "application": self._orders["application"]}
            current().control("POST", "/fault", fault)
        said = in_one_case(lambda: self._said(url, case))
        after = plain(self._register)
        kept = {"before": before.get(url), "kept": after.get(url), "has": url in after}
        others = [key for key in {**before, **after} if key != url]
        touched = [key for key in others if after.get(key) != before.get(key)]
        changed = {"changed": after != before, "others": str(*touched[:1])}
        return {"case": case["case"], "id": case["id"], **kept, **changed, **said}

    def _url(self, id_: str) -> str:
        return f"{self._base}/{id_}"

    def _said(self, url: str, case: dict) -> dict:
        told_of = {**self._told(case), "operation": case["operation"], "url": url}
        said = called(self._handle, told_of, self._client, self._register)
        return {"returned": None if said is None else bool(said)}

    def _told(self, case: dict) -> dict:
        """Id and time: new in each check, and the same when a notification comes again."""
        at = datetime.now(UTC) - timedelta(minutes=case["minutes"])
        return self._sent.setdefault(case["notification"], {"id": str(uuid4()), "time": at})


class _Work:
    """The work of task 4.3, with its accidents: a power cut at the first try of one message, and a
    source out of reach at the second.
    """

    def __init__(self, orders: dict):
        self._bodies = [one["body"] for one in orders["messages"]]
        self._fails, self._all, self.odd = orders["fails"], [], None

    def begin(self, line: Line) -> None:
        self._line, self.seen = line, []

    def __call__(self, body: bytes) -> None:
        self._line.alive()
        number = self._number(body)
        self.seen.append(number)
        self._all.append(number)
        tries = self._all.count(number)
        if tries > OFTEN or (number == self._fails and tries == 1):
            self._line.cut()
            raise PowerCut
        if number == self._fails and tries == 2:
            raise ConnectionError(text("unit04.drive.away"))
        json.loads(body)

    def _number(self, body) -> int:
        said = body.decode() if isinstance(body, bytes) else body
        if not isinstance(said, str) or said not in self._bodies:
            self.odd = type(body).__name__
            self._line.cut()
            raise PowerCut
        return self._bodies.index(said)


class _Handle:
    """What task 4.4 hands messages to; the power fails at one of them, once."""

    def __init__(self, cut: int):
        self._cut, self._count = cut, 0

    def begin(self, line: Line) -> None:
        self._line, self.seen = line, []

    def __call__(self, routing_key: str, message: dict) -> None:
        self._line.alive()
        shown = {"key": str(routing_key), "message": _plain_or_text(message)}
        self.seen.append({**shown, "type": type(message).__name__})
        self._count += 1
        if self._count == self._cut + 1 or self._count >= OFTEN:
            self._line.cut()
            raise PowerCut


class _Caller:
    """Looks at each call of task 4.5. At the first one for `cut_at` the power fails."""

    def __init__(self, cut_at: str):
        self._cut_at, self._count, self.was_cut = cut_at, 0, False
        self.line: Line

    def __call__(self, request: httpx.Request) -> None:
        self.line.alive()
        self._count += 1
        if self._count % PACE == 0:
            current().advance(seconds=1)
        if str(request.url) == self._cut_at and not self.was_cut:
            self.was_cut = True
            self.line.cut()
            raise PowerCut
