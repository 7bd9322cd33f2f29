"""What tests of the token issuers share: an institution whose clock stands still, and a machine."""

import asyncio
import threading
from contextlib import contextmanager
from functools import cache
from uuid import uuid4

import httpx
import orjson
from in_process import InProcess
from joserfc import jws
from joserfc.jwk import RSAKey

from intark_lab import issuers
from intark_lab.clock import Clock
from intark_lab.institution import Institution
from intark_lab.server import Listener

START = 1_800_000_000.5
ROOT = "/labs/lab/issuers"
BASE = f"http://lab.example{ROOT}"
MASKINPORTEN = f"{BASE}/maskinporten/"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "intark:emner.read"


class StillClock(Clock):
    """Lab time that moves only when told to."""

    def now(self) -> float:
        return START + self.offset


def still_institution(seed: int = 1) -> Institution:
    made = Institution.fresh(seed=seed)
    made.clock = StillClock()
    return made


def mounted(institution: Institution):
    """The issuers' application below ROOT, as the lab's server mounts it."""
    app = issuers.app(institution)

    async def server(scope, receive, send):
        await app({**scope, "root_path": ROOT}, receive, send)

    return server


def caller(institution: Institution) -> httpx.Client:
    """A client of both issuers, in this process; `issuers` is its institution's lab."""
    return httpx.Client(transport=InProcess(mounted(institution)), base_url=BASE)


@contextmanager
def over_a_socket(institution: Institution):
    """The issuers' own address, on a free port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    listener = run(Listener.open(mounted(institution)))
    try:
        yield listener.url + ROOT
    finally:
        run(listener.close())
        run(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@cache
def key(number: int) -> RSAKey:
    """A machine's key pair; the same number gives the same one."""
    return RSAKey.generate_key(2048, {"kid": f"key-{number}"})


def jwks(*numbers: int) -> dict:
    return {"keys": [key(number).as_dict(private=False) for number in numbers or (0,)]}


class Machine:
    """A registered client of Maskinporten, as its developer would write it."""

    def __init__(self, client: httpx.Client, institution: Institution, **registration):
        self.client, self.clock = client, institution.clock
        self.auth = institution.credentials("developer")
        document = {"client_name": "Timetable", "scopes": [SCOPE], "jwks": jwks()} | registration
        answer = client.post("/maskinporten/clients", json=document, auth=self.auth)
        self.id = answer.json()["client_id"]
        self.organisation = answer.json()["client_orgno"]

    def claims(self, **changes) -> dict:
        """Those of a good assertion, with some changed; None leaves one out."""
        now = int(self.clock.now())
        good = {
            "aud": MASKINPORTEN,
            "iss": self.id,
            "scope": SCOPE,
            "iat": now,
            "exp": now + 120,
            "jti": str(uuid4()),
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def assertion(self, header: dict | None = None, signer: RSAKey | None = None, **changes) -> str:
        head = {"alg": "RS256", "kid": "key-0"} | (header or {})
        head = {name: value for name, value in head.items() if value is not None}
        payload = orjson.dumps(self.claims(**changes))
        return jws.serialize_compact(head, payload, signer or key(0), algorithms=[head["alg"]])

    def ask(self, assertion: str | None = None, **changes) -> httpx.Response:
        form = {"grant_type": JWT_BEARER, "assertion": assertion or self.assertion(**changes)}
        return self.client.post("/maskinporten/token", data=form)

    def token(self, **changes) -> str:
        return self.ask(**changes).json()["access_token"]
