"""The lab as a process: its card, its state after kill -9, its end, and what it refuses."""

import json
import os
import signal
import stat
import subprocess
import sys

import httpx
import pytest


@pytest.fixture
def serve():
    """Start `python -m intark_lab serve`; the process and its card. All end with the test."""
    started = []

    def start(*options) -> tuple[subprocess.Popen, dict]:
        command = [sys.executable, "-m", "intark_lab", "serve", "--json", *map(str, options)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process, json.loads(process.stdout.readline() or b"null")

    yield start
    for process in started:
        process.kill()
        process.communicate()


def courses(card: dict) -> httpx.Response:
    headers = {"X-Gravitee-Api-Key": card["api_key"]}
    url = card["gateway"] + "/fs/emner/v1/emner"
    return httpx.get(url, headers=headers, trust_env=False)


def test_everything_answers_once_the_card_is_there(serve):
    _, card = serve()
    assert courses(card).status_code == 200
    apis = httpx.get(card["portal"] + "/apis", auth=(card["username"], card["password"]))
    assert apis.json()["metadata"]["pagination"]["total"] >= 5
    assert card["gateway"].startswith("http://127.0.0.1:")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_it_cleanly(serve, tmp_path, name):
    process, card = serve("--state", tmp_path / "lab.sqlite")
    courses(card)
    process.send_signal(getattr(signal, name))
    assert process.wait(timeout=2) == 0
    assert process.stderr.read() == b""
    assert not (tmp_path / "lab.json").exists()


def test_its_files_belong_to_their_owner_alone(serve, tmp_path):
    serve("--state", tmp_path / ".lab" / "lab.sqlite")
    for file in (tmp_path / ".lab").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((tmp_path / ".lab").stat().st_mode) == 0o700


def test_what_was_made_is_there_after_kill_9(serve, tmp_path):
    state = tmp_path / "lab.sqlite"
    process, card = serve("--state", state, "--seed", 7)
    auth = (card["username"], card["password"])
    made = httpx.post(
        card["portal"] + "/applications",
        auth=auth,
        json={"name": "Mine", "description": "d", "settings": {"app": {"type": "web"}}},
    )
    assert made.status_code == 201
    process.kill()
    process.wait()
    _, again = serve("--state", state)
    names = {
        application["name"]
        for application in httpx.get(again["portal"] + "/applications", auth=auth).json()["data"]
    }
    assert names == {"Course application", "Mine"}
    assert (again["seed"], again["api_key"], again["token"]) == (7, card["api_key"], card["token"])


def test_every_answered_call_is_in_the_state_after_kill_9(serve, tmp_path):
    state = tmp_path / "lab.sqlite"
    process, card = serve("--state", state)
    answered = set()
    with httpx.Client(headers={"X-Gravitee-Api-Key": card["api_key"]}, trust_env=False) as client:
        for _ in range(200):
            response = client.get(card["gateway"] + "/fs/emner/v1/emner?limit=1")
            answered.add(response.headers["x-gravitee-transaction-id"])
    process.kill()
    process.wait()
    _, again = serve("--state", state)
    bearer = {"Authorization": f"Bearer {again['token']}"}
    calls = httpx.get(again["url"] + "/control/journal", headers=bearer).json()["calls"]
    assert answered <= {call["transaction_id"] for call in calls}


REFUSED = {
    "another seed": (["--seed", 8], 1, "seed 7"),
    "another holder": ([], 3, "lab.sqlite"),
}


@pytest.mark.parametrize(("options", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_a_state_that_cannot_be_used_is_said_in_one_line(serve, tmp_path, options, code, words):
    state = tmp_path / "lab.sqlite"
    holder, _ = serve("--state", state, "--seed", 7)
    if options:
        holder.terminate()
        holder.wait()
    process, card = serve("--state", state, *options)
    assert card is None
    assert process.wait() == code
    said = process.stderr.read().decode()
    assert words in said
    assert "Traceback" not in said


def test_a_file_of_another_kind_is_not_touched(serve, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes " * 500)
    process, _ = serve("--state", notes)
    assert process.wait() == 1
    assert "Traceback" not in process.stderr.read().decode()
    assert notes.read_text() == "my notes " * 500


def test_a_port_that_is_taken_is_said_in_one_line(serve):
    _, card = serve()
    port = httpx.URL(card["url"]).port
    process, _ = serve("--port", port)
    assert process.wait() == 1
    said = process.stderr.read().decode()
    assert str(port) in said
    assert "Traceback" not in said


def test_idle_it_ends_by_itself(serve):
    process, _ = serve("--idle", 0.001)
    assert process.wait(timeout=10) == 0


def test_help_names_every_option():
    said = subprocess.run(
        [sys.executable, "-m", "intark_lab", "serve", "--help"], capture_output=True, text=True
    ).stdout
    for option in ("--host", "--port", "--seed", "--state", "--idle", "--sync-delay", "--json"):
        assert option in said
