"""What a notebook holds: which lab `open_lab` finds, and what it puts into the environment."""

import os
import signal

import httpx
import pytest

from intark_lab import open_lab, served
from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.lab import LabError
from intark_lab.settings import COURSE_SEED


@pytest.fixture
def folder(tmp_path):
    """The `.lab/` of this test; a lab that a test leaves running there is ended."""
    made = tmp_path / ".lab"
    yield made
    for process in served.started:
        process.kill()
        process.wait()
    served.started.clear()


def total(trust_env: bool = False) -> int:
    address = os.environ["INTARK_GATEWAY_URL"]
    with httpx.Client(base_url=address, trust_env=trust_env) as client:
        headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
        return client.get("/fs/emner/v1/emner", headers=headers).json()["total"]


def test_a_fresh_lab_is_joined(capsys):
    lab = open_lab(seed=3, fresh=True)
    assert lab.seed == 3
    assert total() > 300
    assert os.environ["INTARK_PORTAL_URL"] == lab.portal_url
    assert os.environ["INTARK_MANAGEMENT_URL"] == lab.management_url
    user = httpx.get(
        lab.portal_url + "/user", headers={"Authorization": os.environ["INTARK_PORTAL_AUTH"]}
    )
    assert user.status_code == 200
    assert capsys.readouterr().out.count("\n") == 1


def test_fresh_labs_disturb_no_other():
    first, second = open_lab(seed=3, fresh=True), open_lab(seed=3, fresh=True)
    total()
    assert (len(first.journal), len(second.journal)) == (0, 1)
    assert first.password != second.password


def test_an_id_is_one_lab_s_until_that_lab_closes(lab, listening):
    other = Institution.fresh(seed=2, lab_id=listening[0].id)
    with pytest.raises(ValueError, match="open already"):
        host().add(other)
    other.close()
    assert lab.control("GET", "/state")["seed"] == 1
    assert lab.control("POST", "/happens", {"kind": "an employee starts"})


def test_a_lab_that_was_started_is_found_again(folder, capsys):
    first, second = open_lab(), open_lab()
    assert first.gateway_url == second.gateway_url
    total()
    assert len(first.journal) == len(second.journal) == 1
    started, found = capsys.readouterr().out.splitlines()
    assert started != found


def test_what_was_done_is_there_after_the_process_died(folder):
    open_lab()
    total()
    served.started[0].send_signal(signal.SIGTERM)
    served.started[0].wait()
    assert len(open_lab().journal) == 1


def test_asking_the_running_lab_for_another_seed_says_the_mend(folder):
    open_lab(seed=5)
    with pytest.raises(LabError, match="fresh=True"):
        open_lab(seed=6)


def test_a_lab_somewhere_else_is_joined(listening, monkeypatch):
    institution, base = listening
    monkeypatch.setenv("INTARK_LAB_URL", base)
    monkeypatch.setenv("INTARK_LAB_TOKEN", institution.token)
    assert open_lab().gateway_url == base + "/gateway"


@pytest.mark.parametrize(
    ("url", "token", "words"),
    [
        ("http://127.0.0.1:9/labs/lab", "t", "127.0.0.1:9"),
        ("http://127.0.0.1:9/labs/lab", "", "INTARK_LAB_TOKEN"),
        ("not an address", "t", "not an address"),
    ],
)
def test_a_lab_that_cannot_be_reached_says_why(monkeypatch, url, token, words):
    monkeypatch.setenv("INTARK_LAB_URL", url)
    monkeypatch.setenv("INTARK_LAB_TOKEN", token)
    with pytest.raises(LabError, match=words):
        open_lab()


def test_a_wrong_token_is_said_and_kept_out(listening, monkeypatch):
    monkeypatch.setenv("INTARK_LAB_URL", listening[1])
    monkeypatch.setenv("INTARK_LAB_TOKEN", "wrong")
    with pytest.raises(LabError, match="401"):
        open_lab()


@pytest.mark.parametrize(
    ("execution", "environment", "seed"),
    [
        ("validate", {}, COURSE_SEED),
        ("validate", {"INTARK_GRADING_SEED": "77"}, COURSE_SEED),
        ("autograde", {"INTARK_GRADING_SEED": "77"}, 77),
    ],
)
def test_while_nbgrader_executes_nothing_else_counts(
    monkeypatch, listening, capsys, execution, environment, seed
):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    monkeypatch.setenv("INTARK_LAB_URL", listening[1])
    monkeypatch.setenv("INTARK_LAB_TOKEN", listening[0].token)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lab = open_lab(seed=4)
    assert lab.seed == seed
    assert str(seed) in capsys.readouterr().out


def test_graded_without_a_seed_never_meets_the_course_institution(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert len({open_lab().seed for _ in range(2)} - {COURSE_SEED}) == 2


def test_time_moves_and_reset_goes_back_to_the_start():
    lab = open_lab(seed=3, fresh=True)
    key = os.environ["INTARK_API_KEY"]
    auth = (lab.username, lab.password)
    httpx.post(
        lab.portal_url + "/applications",
        auth=auth,
        json={"name": "Mine", "description": "d", "settings": {"app": {"type": "web"}}},
    ).raise_for_status()
    lab.advance(hours=2)
    total()
    lab.reset()
    assert lab.journal == []
    applications = httpx.get(lab.portal_url + "/applications", auth=auth).json()["data"]
    assert [application["name"] for application in applications] == ["Course application"]
    assert os.environ["INTARK_API_KEY"] == key
    assert total() > 300


def test_time_does_not_go_back():
    lab = open_lab(seed=3, fresh=True)
    with pytest.raises(LabError):
        lab.advance(hours=-1)


def test_a_companys_proxy_stays_out_of_the_way(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.intark.example:8080")
    monkeypatch.setenv("NO_PROXY", "other.intark.example")
    monkeypatch.setenv("no_proxy", "other.intark.example")
    open_lab(seed=3, fresh=True)
    assert total(trust_env=True) > 300
    assert os.environ["NO_PROXY"] == "other.intark.example,127.0.0.1"


def test_what_is_no_lab_at_that_address_is_said():
    lab = open_lab(seed=3, fresh=True)
    lab._control.base_url = lab.gateway_url
    with pytest.raises(LabError, match="404"):
        _ = lab.journal
