"""The made-up data owner (dataeier), who reads requests for access by the rules of an API's guide.

A request waits for a minute of lab time; whoever looks after that finds it answered, and dated
when it was due. The rules are those that `plans.toml` has for a plan of the catalogue. Plans that
somebody made in the lab are answered by that somebody, and so are all of them in a lab where a
person plays the owner.
"""

from collections.abc import Callable
from functools import cache
from sqlite3 import Row
from typing import NamedTuple

from intark_lab.catalogue import CataloguePlan, load_catalogue
from intark_lab.clock import Clock
from intark_lab.comments import read
from intark_lab.manager import processing, subscriptions
from intark_lab.messages.brom.applications import Access
from intark_lab.messages.brom.portal import Brom
from intark_lab.messages.brom.providers import load_providers
from intark_lab.messages.brom.refusal import Refusal
from intark_lab.store import Store
from intark_lab.texts import text

DELAY = 60_000
"""How long a request waits, ms of lab time."""

PLAYERS = ("made-up", "person")


class Answer(NamedTuple):
    accepted: bool
    reason: str


class Due:
    """The instant when a request was due, in place of a lab's clock."""

    def __init__(self, at: int):
        self._at = at

    def ms(self) -> int:
        return self._at


def judge(comment: str | None, rules: dict) -> Answer:
    """Whether a request meets a plan's rules, and why not: all that is missing at once."""
    reasons = _reasons((comment or "").strip(), rules)
    if not reasons:
        return Answer(True, text("owner.accepted"))
    return Answer(False, text("owner.rejected", reasons=" ".join(reasons)))


def answer_due(store: Store, clock: Clock) -> None:
    """Answer every request that has waited long enough, oldest first."""
    if player(store) != "made-up":
        return
    for row in _waiting(store, clock.ms() - DELAY):
        rules = _rules().get((row["api_slug"], row["plan_slug"]))
        if rules is not None:
            _answer(store, row, judge(row["request"], rules))


async def answer_access_due(brom: Brom, until: int) -> None:
    """Answer every request for notifications that has waited long enough at `until`, lab ms."""
    if player(brom.store) != "made-up":
        return
    rules = {each.name: each.rules for each in load_providers().values()}
    for access in brom.register.waiting(until - DELAY):
        if access.provider in rules:
            answer = judge(access.comment, rules[access.provider])
            await _answer_access(brom, access, answer)


def player(store: Store) -> str:
    """Who answers in this lab: `made-up` or `person`."""
    row = store.one("SELECT value FROM meta WHERE key = 'owner'")
    return row["value"] if row else PLAYERS[0]


def let_answer(store: Store, who: str) -> None:
    """Say who answers from now on. Raises ValueError for nobody of PLAYERS."""
    if who not in PLAYERS:
        raise ValueError(f"the data owner is one of {PLAYERS}")
    with store.transaction():
        store.write("INSERT OR REPLACE INTO meta VALUES ('owner', ?)", who)


def attended(app: Callable, store: Store, clock: Clock) -> Callable:
    """An ASGI application whose callers find due requests answered."""

    async def answered(scope, receive, send):
        answer_due(store, clock)
        await app(scope, receive, send)

    return answered


def _reasons(comment: str, rules: dict) -> list[str]:
    if not comment:
        return [text("owner.empty")]
    reading, reasons = read(comment), []
    if reading.is_test:
        reasons.append(text("owner.testing"))
    if rules.get("never") in reading.about:
        reasons.append(text("owner.elsewhere", instead=rules["instead"]))
    missing = [fact for fact in rules["asks"] if fact not in reading.stated]
    if (needed := rules.get("needs")) and needed not in reading.about:
        reasons.append(text("owner.narrower", narrower=rules["narrower"]))
        missing = [fact for fact in missing if fact != needed]
    return reasons + [text(f"owner.missing.{fact}") for fact in missing]


def _answer(store: Store, row: Row, answer: Answer) -> None:
    due = Due(row["updated_at"] + DELAY)
    subscription = subscriptions.get(store, row["id"])
    by, reason = row["owner"], answer.reason
    processing.process(store, due, subscription, answer.accepted, by, reason=reason)


async def _answer_access(brom: Brom, access: Access, answer: Answer) -> None:
    """A request that the broker cannot carry out is refused in the broker's words."""
    due = access.requested_at + DELAY
    try:
        await brom.answer(access, *answer, at=due)
    except Refusal as refusal:
        if refusal.status == 502:
            await brom.answer(access, False, text("brom.broker", **refusal.fields), at=due)


def _waiting(store: Store, since: int) -> list[Row]:
    return store.all(
        "SELECT s.id, s.request, s.updated_at, a.slug AS api_slug, a.owner, p.slug AS plan_slug "
        "FROM subscription s JOIN api a ON a.id = s.api JOIN plan p ON p.id = s.plan "
        "WHERE s.status = 'PENDING' AND s.updated_at <= ? ORDER BY s.updated_at, s.rowid",
        since,
    )


@cache
def _rules() -> dict[tuple[str, str], dict]:
    """Rules by API and plan, for the plans that a data owner answers."""
    return {
        (api.slug, plan.slug): plan.rules
        for api in load_catalogue()
        for plan in api.plans
        if _has_rules(plan)
    }


def _has_rules(plan: CataloguePlan) -> bool:
    return plan.validation == "MANUAL" and bool(plan.rules)
