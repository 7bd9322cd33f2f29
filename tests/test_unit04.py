"""Behind the tasks on notifications: a line that breaks, a busy day, judges that take anything."""

import socket
import threading
from collections import Counter

import pika
import pytest
from attempts.unit04_handling import compared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intark_lab import check
from intark_lab.control import awkward
from intark_lab.control.words import judged
from intark_lab.events import KINDS
from intark_lab.sources import Sources
from intark_lab.tasks import TASKS
from intark_lab.tasks.task import Bench
from intark_lab.tasks.unit04 import events
from intark_lab.tasks.unit04.line import PATIENCE, Line, held
from intark_lab.tasks.unit04.running import channel_at, left_in, quiet_pika
from intark_lab.world import World

TRUTH = Sources(World(1))
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just({"id": "x"})
FAILED = {"type": "KeyError", "said": "'x'", "line": "", "number": 0}


@pytest.fixture
def messages(broker, channel):
    """Three messages in a queue named `mail`."""
    channel.queue_declare("mail", durable=True)
    channel.confirm_delivery()
    for number in range(3):
        channel.basic_publish("", "mail", str(number).encode())


def test_what_was_sent_before_the_cut_arrives_and_the_rest_comes_back(broker, messages):
    line = Line(broker.url)
    with quiet_pika(), channel_at(line.url) as channel:
        taken = [channel.basic_get("mail")[0] for _ in range(2)]
        channel.basic_ack(taken[0].delivery_tag)
        line.cut()
        with pytest.raises((pika.exceptions.AMQPError, OSError)):
            channel.basic_get("mail")
    assert left_in("mail", broker.url) == 2


def test_nothing_that_was_sent_is_lost_in_the_line():
    sent, arrived = b"x" * 3_000_000, bytearray()

    def read() -> None:
        with listener, listener.accept()[0] as connection:
            connection.sendall(b"!")
            while data := connection.recv(16_384):
                arrived.extend(data)

    listener = socket.create_server(("127.0.0.1", 0))
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    line = Line(f"amqp://user:secret@127.0.0.1:{listener.getsockname()[1]}/vhost")
    with socket.create_connection(("127.0.0.1", pika.URLParameters(line.url).port)) as client:
        assert client.recv(1) == b"!"  # so the line holds both ends, as after any handshake
        client.sendall(sent)
        line.cut()
    reader.join(30)
    assert len(arrived) == len(sent)


def test_who_waits_for_ever_is_ended(broker, messages):
    with quiet_pika(), held(broker.url) as line, channel_at(line.url) as channel:
        channel.basic_consume("mail", lambda *_: None)
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            channel.start_consuming()
    assert line.is_cut
    assert left_in("mail", broker.url) == 3


def test_a_line_that_is_gone_takes_nobody(broker):
    with held(broker.url) as line:
        port = pika.URLParameters(line.url).port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_a_busy_day_has_200_events_and_every_awkward_way():
    day = events.busy_day()
    assert len(day) == 200
    assert {event.how for event in day} == {None, *awkward.WAYS}
    assert [
        event for event in day if event.how and event.how not in awkward.ways(KINDS[event.kind])
    ] == []


def test_the_power_fails_over_a_change_that_is_told_once(lab):
    orders = lab.control("POST", "/tasks/4.5/start")
    told = Counter(one["url"] for one in orders["told"])
    assert told[orders["cut_at"]] == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    register=st.dictionaries(st.sampled_from(["1", "2", "x"]), PLAIN),
    how=st.lists(st.sampled_from([None, *awkward.WAYS]), min_size=1, max_size=3),
    facts=st.fixed_dictionaries({"was_cut": st.booleans(), "unchanged": st.booleans()}),
)
def test_any_register_is_judged(register, how, facts):
    base = "http://127.0.0.1/gateway/dfo/ansatte/v2/ansatte"
    told = [{"kind": events.MOVES, "how": each, "url": f"{base}/{n}"} for n, each in enumerate(how)]
    kept = {key if key == "x" else f"{base}/{key}": value for key, value in register.items()}
    evidence = {"runs": [{"left": len(how)}], "register": kept, "told": told, **facts}
    bench = Bench(1, TRUTH, None, [], "probe", None)
    verdict = TASKS["4.5"].judge(bench, {**evidence, "cut_at": told[0]["url"]})
    assert judged(TASKS["4.5"], verdict)["text"]


def test_a_consumer_that_takes_its_time_is_told_so():
    told = [{"kind": events.MOVES, "how": None, "url": "http://127.0.0.1/dfo/1"}]
    evidence = {"runs": [{"left": 1, "hung": True}], "register": {}, "told": told}
    bench = Bench(1, TRUTH, None, [], "probe", None)
    facts = {"was_cut": True, "unchanged": False, "cut_at": told[0]["url"]}
    verdict = TASKS["4.5"].judge(bench, evidence | facts)
    assert "after 20 seconds" in judged(TASKS["4.5"], verdict)["text"]


def test_who_remembers_what_is_done_may_be_checked_again(lab, listening):
    seen = {}

    def handle(notification, client, register):
        if seen.get(notification["id"]) == notification["time"]:
            return False
        changed = compared(notification, client, register)
        seen[notification["id"]] = notification["time"]
        return changed

    assert [check("4.2", handle) for _ in range(2)] == [2, 2]


def judge(lab, task_id: str, evidence: dict) -> str:
    lab.control("POST", f"/tasks/{task_id}/start")
    result = lab.control("POST", f"/tasks/{task_id}/judge", evidence)
    assert 0 <= result["points"] <= result["max"]
    return result["text"]


def test_a_consumer_that_goes_on_without_a_connection(lab):
    runs = [{"worked": [0, 1, 2], "left": 2}, {"worked": [2, 3], "left": 1, "hung": True}]
    assert "went on without an end" in judge(lab, "4.3", {"runs": runs})


@settings(deadline=None)
@given(
    runs=st.lists(
        st.fixed_dictionaries(
            {"worked": st.lists(st.integers(0, 3), max_size=5), "left": st.integers(0, 4)},
            optional={"failed": st.just(FAILED)},
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_runs_are_judged(runs):
    assert judged(TASKS["4.3"], TASKS["4.3"].judge(None, {"runs": runs}))["text"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=PLAIN | st.dictionaries(st.sampled_from(["id", "operation", "url", "time"]), PLAIN))
def test_any_answer_of_a_parser_is_judged(answer):
    body = '{"sub": "emner/X-1", "iss": "FS-prod", "iat": "1", "operation": "update", "jti": "x"}'
    kinds = {"type": type(answer).__name__, "is_time": True, "time_type": "datetime"}
    read = [{"key": "a.b", "body": body, "answer": answer, **kinds}]
    evidence = {"gateway": "http://127.0.0.1/gateway", "read": read}
    assert judged(TASKS["4.1"], TASKS["4.1"].judge(None, evidence))["text"]


@settings(deadline=None)
@given(seen=st.lists(st.fixed_dictionaries({"key": PLAIN, "message": PLAIN}), max_size=4))
def test_anything_handed_on_is_judged(seen):
    runs = [{"handled": [{**one, "type": "dict"} for one in seen], "left": 0}]
    messages = [{"key": "a.b", "said": {"sub": str(number)}} for number in range(4)]
    verdict = TASKS["4.4"].judge(None, {"runs": runs, "messages": messages})
    assert judged(TASKS["4.4"], verdict)["text"]
