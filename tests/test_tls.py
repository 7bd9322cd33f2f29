"""TLS where it is wanted: https and amqps with a certificate of the lab's own authority."""

import json
import os
import ssl
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pika
import pytest
from brom_steps import channel_of, connection, provide, publish, register, take

from intark_lab import check, open_lab
from intark_lab.authority import Authority
from intark_lab.lab import LabError
from intark_lab.store import Store


@contextmanager
def served(*options):
    """A served lab's card."""
    command = [sys.executable, "-m", "intark_lab", "serve", "--tls", "--json", *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield json.loads(process.stdout.readline() or b"null")
    process.terminate()
    assert process.communicate(timeout=10)[1] == b""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("tls") / ".lab"


@pytest.fixture(scope="module")
def card(folder):
    with served("--state", folder / "lab.sqlite") as found:
        yield found


@pytest.fixture
def trusting(card, monkeypatch):
    """The environment of a program that trusts the lab's authority."""
    monkeypatch.setenv("SSL_CERT_FILE", card["ca"])
    return card


def test_every_address_is_https_or_amqps_and_the_authority_has_a_file(card, folder):
    for name in ("url", "portal", "management", "gateway", "brom"):
        assert card[name].startswith("https://127.0.0.1:")
    assert card["amqp"].startswith("amqps://127.0.0.1:")
    assert Path(card["ca"]) == (folder / "ca.pem").resolve()
    assert "PRIVATE" not in Path(card["ca"]).read_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_who_trusts_the_authority_is_answered(trusting, host):
    url = trusting["gateway"].replace("127.0.0.1", host) + "/fs/emner/v1/emner"
    headers = {"X-Gravitee-Api-Key": trusting["api_key"]}
    assert httpx.get(url, headers=headers).status_code == 200


def test_who_does_not_trust_it_is_told_so_by_their_own_program(card):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(card["gateway"], trust_env=False)
    parameters = pika.URLParameters(card["amqp"].replace("amqps://", "amqps://u:p@"))
    with pytest.raises(ssl.SSLCertVerificationError):
        pika.BlockingConnection(parameters)


def test_messages_go_over_amqps_with_the_address_alone(trusting):
    auth = (trusting["username"], trusting["password"])
    with httpx.Client(base_url=trusting["brom"], auth=auth) as brom:
        screens, rooms = register(brom, "screens"), provide(brom, "rooms")
        path = f"/applications/{screens}/access/{rooms}"
        brom.put(path, json={"comment": "Screens."}).raise_for_status()
        answer = {"approved": True}
        path = f"/applications/{rooms}/consumers/{screens}/answer"
        brom.post(path, json=answer).raise_for_status()
        details = connection(brom, screens)
        assert (details["tls"], details["url"][:8]) == (True, "amqps://")
        publish(brom, rooms, "a.b", b"x" * 300_000)
        with channel_of(brom, screens) as channel:
            assert take(channel, f"from_{rooms}")[0][2] == b"x" * 300_000


def test_a_notebook_joins_it_and_its_environment_trusts(card, folder, monkeypatch, capsys):
    monkeypatch.setenv("INTARK_LAB_FOLDER", str(folder))
    monkeypatch.setenv("SSL_CERT_FILE", "set by the test session")
    lab = open_lab()
    assert os.environ["SSL_CERT_FILE"] == lab.ca == card["ca"]
    assert lab.happens("a room is closed")["notifications"][0]["subject"].startswith("https://")
    assert httpx.get(lab.portal_url + "/apis").status_code == 200
    assert "Joined your lab" in capsys.readouterr().out


def test_a_lab_elsewhere_is_joined_with_its_authority(trusting, monkeypatch):
    monkeypatch.setenv("INTARK_LAB_URL", trusting["url"])
    monkeypatch.setenv("INTARK_LAB_TOKEN", trusting["token"])
    assert open_lab().gateway_url == trusting["gateway"]
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(LabError, match="CERTIFICATE_VERIFY_FAILED"):
        open_lab()


def test_a_check_calls_it_and_puts_away_what_it_made(trusting, monkeypatch):
    monkeypatch.setenv("INTARK_LAB_URL", trusting["url"])
    monkeypatch.setenv("INTARK_LAB_TOKEN", trusting["token"])
    before = applications(trusting)
    open_lab()
    check("3.4", lambda service: "wrong key")
    assert applications(trusting) == before


def applications(card) -> list[str]:
    auth, every = (card["username"], card["password"]), {"size": -1}
    answer = httpx.get(card["portal"] + "/applications", params=every, auth=auth).json()
    return [each["id"] for each in answer["data"]]


def test_the_authority_stays_with_the_state(tmp_path):
    store = Store.at(tmp_path / "lab.sqlite")
    first = Authority(store).certificate
    store.close()
    store = Store.at(tmp_path / "lab.sqlite")
    assert Authority(store).certificate == first
    store.close()


def test_a_lab_in_memory_has_a_file_too(tmp_path, monkeypatch):
    monkeypatch.setenv("INTARK_LAB_FOLDER", str(tmp_path / "own"))
    with served() as card:
        assert Path(card["ca"]).parent == (tmp_path / "own").resolve()
        trust = ssl.create_default_context(cafile=card["ca"])
        assert httpx.get(card["portal"] + "/apis", verify=trust).status_code == 200
