"""Unit 03: no answer makes a judge fail, and what its tasks put up in the learner's lab."""

from collections import Counter
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intark_lab import check
from intark_lab.control.stages import unit03 as stages
from intark_lab.control.view import Application, Key, Plan, Subscription
from intark_lab.control.words import judged
from intark_lab.tasks import TASKS
from intark_lab.tasks.task import Bench
from intark_lab.tasks.unit03 import causes, plans, request, roll

PLANS = [
    Plan(f"{api}/{plan}", api, plan, api.title(), plan.title())
    for api, plan in (plans.WITHOUT_PEOPLE | plans.ABOUT_PEOPLE).values()
]
NAMES = st.sampled_from([*plans.inputs(None)["needs"], "id", "errors"])
LEAVES = st.none() | st.integers() | st.text(max_size=8) | st.sampled_from([p.id for p in PLANS])
ANSWERS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=12,
)
REQUESTS = st.builds(
    Subscription,
    id=st.just("s"),
    application=st.just("a"),
    api=st.sampled_from(["fs-studenter", "fs-emner"]),
    plan=st.sampled_from(["full", "basic"]),
    status=st.sampled_from(["PENDING", "ACCEPTED", "REJECTED", "CLOSED", "PAUSED"]),
    request=st.none(),
    reason=st.none(),
    created_at=st.integers(0, 9),
    processed_at=st.integers(0, 9),
    answered_by=st.sampled_from(["somebody", "system"]),
    end_at=st.none(),
    keys=st.lists(st.just(Key("k", 0, None, None)), max_size=1),
)


def judge(task_id: str, answer, asked=()) -> None:
    """Points within range, and words, for a lab that keeps these requests."""
    own = Application("a", request.service(), "Reminds students", "developer", "ACTIVE", 0)
    view = SimpleNamespace(
        plans=lambda: PLANS, applications=lambda _: [own], subscriptions=lambda _: list(asked)
    )
    task, kept = TASKS[task_id], Bench(1, None, {}, [], None, view)
    result = judged(task, task.judge(kept, {"answer": answer, "type": type(answer).__name__}))
    assert 0 <= result["points"] <= result["max"]
    assert result["text"]


@settings(deadline=None)
@given(answer=ANSWERS)
def test_any_choice_of_plans(answer):
    judge("3.1", answer)


@settings(deadline=None)
@given(answer=ANSWERS | st.just("s"), asked=st.lists(REQUESTS, max_size=3))
def test_any_way_to_access(answer, asked):
    judge("3.2", answer, asked)


@pytest.fixture
def portal(lab):
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.portal_url, auth=auth, trust_env=False) as client:
        yield client


def applications(portal) -> Counter:
    listed = portal.get("/applications", params={"size": -1}).json()["data"]
    return Counter(application["name"] for application in listed)


def test_opening_again_begins_with_nothing(lab, portal):
    new = {"name": request.service(), "settings": {"app": {}}}
    portal.post("/applications", json=new)
    lab.task("3.2")
    assert applications(portal)[request.service()] == 0


def test_each_service_to_look_at_is_there_once_and_let_in_no_more(lab, portal):
    lab.task("3.4")
    services = lab.task("3.4").services
    assert len(services) == len(stages.EXAMPLES)
    assert [applications(portal)[name] for name in services] == [1, 1, 1]
    for service in services.values():
        held = portal.get(f"/subscriptions/{service['subscription']}").json()
        assert held["status"] in ("ACCEPTED", "PAUSED", "CLOSED")


def test_a_check_leaves_no_broken_access_behind(lab, portal):
    check("3.4", lambda service: "key expired")
    assert applications(portal)[causes.checked()] == 0


def test_a_check_leaves_one_service_with_a_rolled_key(lab, portal):
    for _ in range(2):
        check("3.3", lambda subscription, hand_over: hand_over("none"))
    assert applications(portal)[roll.service()] == 1


def test_accesses_come_in_no_order(lab):
    orders = set()
    for _ in range(6):
        given_out = []
        check("3.4", lambda service, seen=given_out: seen.append(service["call"]) or "key expired")
        orders.add(tuple(given_out))
    assert len(orders) > 1
