"""What tests of the token issuers share: an institution whose clock stands still, and a machine."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import orjson
from in_process import InProcess
from joserfc import jws
from joserfc.jwk import RSAKey

from intark_lab.clock import Clock
from intark_lab.institution import Institution
from intark_lab.issuers.site import site

START = 1_800_000_000.5
ROOT = "/labs/lab/issuers"
BASE = f"http://lab.example{ROOT}"
MASKINPORTEN = f"{BASE}/maskinporten/"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "intark:emner.read"
VERIFIER = "v" * 43
"""Of PKCE."""
HOME = "https://service.example/callback"
SCOPES = ["openid", "profile", "email", "userid-feide"]


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def pkce(verifier: str) -> dict:
    """The parameters of an authorization request that `verifier` will answer for (RFC 7636)."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {"code_challenge": challenge, "code_challenge_method": "S256"}


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
    app = site(institution)

    async def server(scope, receive, send):
        await app({**scope, "root_path": ROOT}, receive, send)

    return server


def caller(institution: Institution) -> httpx.Client:
    """A client of both issuers, in this process; `issuers` is its institution's lab."""
    return httpx.Client(transport=InProcess(mounted(institution)), base_url=BASE)


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


class Service:
    """A registered client of Feide."""

    def __init__(self, client, institution, **registration):
        self.client, self.institution = client, institution
        document = {"client_name": "Study plan", "redirect_uris": [HOME], "scopes": SCOPES}
        answer = client.post(
            "/feide/clients",
            json=document | registration,
            auth=institution.credentials("developer"),
        ).json()
        self.id, self.secret = answer["client_id"], answer["client_secret"]

    def asks(self, **changes) -> dict:
        good = {
            "client_id": self.id,
            "redirect_uri": HOME,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "state": "a state&more",
            "nonce": "n-1",
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def log_in(self, person: str, **changes) -> dict:
        """What comes back to the service's redirect URI when `person` logs in."""
        form = self.asks(**changes) | {"person": person}
        return arrived(self.client.post("/feide/oauth/authorization", data=form))

    def redeem(self, code: str, auth=None, **changes):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME} | changes
        form = {name: value for name, value in form.items() if value is not None}
        return self.client.post(
            "/feide/oauth/token", data=form, auth=auth or (self.id, self.secret)
        )


def arrived(answer) -> dict:
    assert answer.status_code == 303
    place = urlsplit(answer.headers["location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == HOME
    return {name: values[0] for name, values in parse_qs(place.query).items()}
