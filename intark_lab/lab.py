"""What a notebook holds: one lab, found, started, or made fresh, and its addresses."""

import base64
import json
import os
import secrets
import ssl
import weakref
from datetime import UTC, datetime

import httpx

from intark_lab import settings
from intark_lab.settings import COURSE_SEED, Settings
from intark_lab.texts import text


class LabError(Exception):
    """No lab, or a lab that could not do what was asked; the message says the mend."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # the message alone: the notebook's reader can mend nothing in here


class Lab:
    """One institution as its developer meets it. `open_lab` makes them."""

    def __init__(self, base: str, token: str, card: dict, ca: str | None = None):
        self.portal_url: str = card["portal"]
        self.management_url: str = card["management"]
        self.gateway_url: str = card["gateway"]
        self.brom_url: str = card["brom"]
        self.amqp_url: str = card["amqp"]
        self.username: str = card["username"]
        self.password: str = card["password"]
        self.seed: int = card["seed"]
        self.born = datetime.fromtimestamp(card["born"] / 1000, UTC)
        """Lab time at which it was made. The month of usage before that is made up."""
        self.ca = ca
        """The file of the authority behind its certificates, where it speaks TLS."""
        self._api_key: str = card["api_key"]
        self._control = httpx.Client(
            base_url=base + "/control",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=30,
            verify=trust(ca),
        )
        weakref.finalize(self, self._control.close)

    def __repr__(self) -> str:
        return f"Lab(seed={self.seed}, gateway_url={self.gateway_url!r})"

    @property
    def journal(self) -> list[dict]:
        """Every call through the gateway so far, oldest first: the columns of journal.Call."""
        return self.control("GET", "/journal")["calls"]

    @property
    def messages(self) -> list[dict]:
        """What happened to every message so far, oldest first: the columns of journal.Handling."""
        return self.control("GET", "/journal")["messages"]

    @property
    def story(self) -> list[dict]:
        """Calls and messages together, in the order in which they happened; `what` tells them."""
        return self.control("GET", "/story")["story"]

    def task(self, task_id: str):
        """Begin a task: its inputs as attributes. Only calls made from now on count for it."""
        from intark_lab.tasks import begin

        return begin(self, task_id)

    def advance(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move lab time forward. Keys expire and windows close as if that time had passed."""
        self.control("POST", "/advance", {"seconds": hours * 3600 + minutes * 60 + seconds})

    def fault(
        self,
        api: str,
        status: int = 503,
        times: int = 1,
        path: str = "/",
        *,
        kind: str = "error",
        application: str | None = None,
        seconds: float = 0,
    ) -> None:
        """Let the next `times` calls below `path` of `api` fail with `status` (500 to 599).

        `api` is the folder name under data/apis, such as `fs-emner`, or an API's id. Other kinds
        than `error`: `latency` (of `seconds` of lab time), `connect-timeout`, `read-timeout`,
        `dropped`, `down` and `wrong-password`. With `application`, an id, only that application's
        calls are met.
        """
        fault = {"api": api, "status": status, "times": times, "path": path, "kind": kind}
        extent = {"application": application, "seconds": seconds}
        self.control("POST", "/fault", fault | extent)

    def happens(
        self, kind: str, awkward: str | None = None, about: int | str | None = None
    ) -> dict:
        """Let something happen at the institution, which its systems then tell by notifications.

        `kind` and the awkward ways in which each can be told are in `kinds`; `about` is the id of
        the record that it happens to. Answers when, and which notifications were sent.
        """
        return self.control("POST", "/happens", {"kind": kind, "awkward": awkward, "about": about})

    @property
    def kinds(self) -> dict[str, list[str]]:
        """What can happen, by name, and in which awkward ways it can be told."""
        return self.control("GET", "/happens")["kinds"]

    def save(self) -> None:
        """Pack everything the learner made, and their points, into one file in `work/`; say how
        to bring it back. Raises LabError where there is no `work/`.
        """
        from intark_lab.jupyter import keeping

        saved = keeping.save(self.control("GET", "/progress")["code"])
        print(text("lab.saved", file=saved.name))

    def script(self, unit: str) -> None:
        """Write a lesson's own program beside its notebook, and show it.

        `unit` is the lesson's number, such as `"02"`. Raises LabError.
        """
        from intark_lab.jupyter import keeping

        keeping.show_script(unit)

    def reset(self) -> None:
        """Back to the lab's first state. Keys and passwords of the course stay."""
        self.control("POST", "/reset")

    def control(self, method: str, path: str, body: dict | None = None) -> dict:
        """Ask the lab's control side. Raises LabError when it is gone or refuses."""
        try:
            response = self._control.request(method, path, json=body)
        except httpx.TransportError as error:
            raise LabError(text("lab.gone", error=error)) from None
        try:
            answer = response.json()
        except ValueError:  # somebody else answers at that address
            raise LabError(text("lab.gone", error=f"HTTP {response.status_code}")) from None
        if response.is_error:
            raise LabError(answer["message"])
        return answer

    def join(self) -> None:
        """Give the learner's code its addresses and key, in the environment."""
        basic = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        os.environ.update(
            INTARK_PORTAL_URL=self.portal_url,
            INTARK_PORTAL_AUTH=f"Basic {basic}",
            INTARK_MANAGEMENT_URL=self.management_url,
            INTARK_GATEWAY_URL=self.gateway_url,
            INTARK_API_KEY=self._api_key,
            INTARK_BROM_URL=self.brom_url,
            INTARK_AMQP_URL=self.amqp_url,
        )
        if self.ca:
            os.environ["SSL_CERT_FILE"] = self.ca
        _call_directly(httpx.URL(self.gateway_url).host)


def _call_directly(host: str) -> None:
    """Keep a company's proxy out of the learner's calls to the lab."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [each for each in os.environ.get(name, "").split(",") if each]
        if host not in hosts:
            os.environ[name] = ",".join([*hosts, host])


_current: Lab | None = None


def current() -> Lab:
    """The lab that this kernel opened last; opens one where it has none."""
    return _current or open_lab()


def open_lab(seed: int | None = None, fresh: bool = False) -> Lab:
    """The learner's lab, joined: the environment holds its addresses, and one line says which.

    While nbgrader executes, always a fresh lab, in memory or made by the grader. Else
    `fresh=True` makes one of `seed`; then INTARK_LAB_URL with INTARK_LAB_TOKEN; then the lab named
    in `.lab/` if it answers; then a served lab is started. Raises LabError.
    """
    global _current
    found = settings.read()
    if found.execution:
        lab = _graded(found)
    elif fresh:
        lab = _fresh(COURSE_SEED if seed is None else seed)
        print(text("lab.fresh", seed=lab.seed))
    else:
        lab = _lasting(found, seed)
    lab.join()
    _current = lab
    return lab


def _graded(found: Settings) -> Lab:
    seed = COURSE_SEED
    if found.execution == "autograde":
        seed = found.grading_seed or secrets.randbelow(2**31)
    kept = found.grading_url and connect(found.grading_url, found.grading_token)
    lab = kept or _fresh(seed)
    print(text("lab.graded", seed=lab.seed))
    return lab


def _fresh(seed: int) -> Lab:
    from intark_lab.institution import Institution
    from intark_lab.kernel import host

    institution = Institution.fresh(seed, lab_id=secrets.token_hex(4))
    host().add(institution)
    return connect(host().url + institution.base_path, institution.token)


def _lasting(found: Settings, seed: int | None) -> Lab:
    """The lab that other notebooks share. LabError when it is of another seed than asked for."""
    from intark_lab import served

    if found.url:
        lab, name = _elsewhere(found), "lab.elsewhere"
    elif (lab := served.find(found.folder)) is not None:
        name = "lab.found"
    else:
        lab, name = served.start(found.folder, seed), "lab.started"
    if seed is not None and seed != lab.seed:
        raise LabError(text("lab.other-seed", seed=seed, lab_seed=lab.seed))
    print(text(name, seed=lab.seed, url=found.url))
    return lab


def _elsewhere(found: Settings) -> Lab:
    if not found.token:
        raise LabError(text("lab.no-token", url=found.url))
    try:
        return connect(found.url.rstrip("/"), found.token, ca=found.ca)
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise LabError(text("lab.unreachable", url=found.url, error=error)) from None


def connect(base: str, token: str, timeout: float = 10, ca: str | None = None) -> Lab:
    """The lab at `base` (`http://HOST:PORT/labs/ID`), with the file of its authority for https.

    Raises httpx.HTTPError, ValueError, and OSError where there is no such file.
    """
    response = httpx.get(
        base + "/control/state",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=timeout,
        verify=trust(ca),
    )
    response.raise_for_status()
    return Lab(base, token, json.loads(response.content), ca)


def trust(ca: str | None) -> ssl.SSLContext | bool:
    """What httpx takes as `verify` for a lab with this authority, or with none of its own."""
    return ssl.create_default_context(cafile=ca) if ca else True
