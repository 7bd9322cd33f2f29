"""Who may ask an issuer for tokens: its registered clients."""

import hmac
import json
from dataclasses import asdict, dataclass, field
from hashlib import blake2b

from intark_lab.issuers.exchange import Refused
from intark_lab.store import Store

MOST = 100
"""How many clients one issuer keeps."""


@dataclass(frozen=True)
class Client:
    """One registration. Maskinporten's have keys and an organisation, Feide's redirect URIs."""

    id: str
    name: str
    scopes: list[str]
    organisation: str = ""
    """Organisation number, nine digits."""
    keys: list[dict] = field(default_factory=list)
    """Public JWKs, each with `added_at`, ms of lab time."""
    token_lifetime: int = 120
    """How long its access tokens live, in seconds."""
    redirect_uris: list[str] = field(default_factory=list)

    def key(self, kid: object) -> dict | None:
        return next((key for key in self.keys if key["jwk"]["kid"] == kid), None)

    def granted(self, requested: str | None) -> str:
        """The scopes that a request gets: those it names and has; all where it names none."""
        if requested is None:
            return " ".join(self.scopes)
        named = dict.fromkeys(requested.split())
        return " ".join(scope for scope in named if scope in self.scopes)


class Clients:
    """The clients of one issuer, in the lab's store."""

    def __init__(self, store: Store, issuer: str):
        self._store, self._issuer = store, issuer

    def all(self) -> list[Client]:
        rows = self._store.all(
            "SELECT registration FROM issuer_client WHERE issuer = ? ORDER BY created_at, id",
            self._issuer,
        )
        return [_client(row) for row in rows]

    def find(self, client_id: object) -> Client | None:
        row = self._row(client_id)
        return _client(row) if row else None

    def authenticated(self, client_id: str, secret: str) -> Client | None:
        """The client whose secret this is; compared in constant time, as a digest."""
        row = self._row(client_id)
        kept = (row["secret_digest"] if row else None) or ""
        right = hmac.compare_digest(kept, digest(secret))
        return _client(row) if row and right else None

    def add(self, client: Client, now: int, secret: str | None = None) -> None:
        """Keep a new client; `now` in ms. Raises Refused for a taken id or one too many."""
        if self._row(client.id):
            raise Refused(409, "invalid_client_metadata", "client_id is taken")
        if len(self.all()) >= MOST:
            raise Refused(409, "invalid_client_metadata", f"There are {MOST} clients already")
        with self._store.transaction():
            self._store.insert(
                "issuer_client",
                issuer=self._issuer,
                id=client.id,
                registration=json.dumps(asdict(client)),
                secret_digest=digest(secret) if secret else None,
                created_at=now,
            )

    def change(self, client: Client) -> None:
        with self._store.transaction():
            self._store.write(
                "UPDATE issuer_client SET registration = ? WHERE issuer = ? AND id = ?",
                json.dumps(asdict(client)),
                self._issuer,
                client.id,
            )

    def remove(self, client_id: str) -> None:
        """Forget a client, and end what was issued to it."""
        with self._store.transaction():
            self._store.write(
                "DELETE FROM issuer_client WHERE issuer = ? AND id = ?", self._issuer, client_id
            )
            if self._issuer == "feide":
                self._store.write("DELETE FROM login_code WHERE client = ?", client_id)
                self._store.write("DELETE FROM access_token WHERE client = ?", client_id)

    def _row(self, client_id: object):
        return isinstance(client_id, str) and self._store.one(
            "SELECT * FROM issuer_client WHERE issuer = ? AND id = ?", self._issuer, client_id
        )


def digest(secret: str) -> str:
    """How secrets, codes and tokens are kept and looked up."""
    return blake2b(secret.encode("utf-8", "replace"), digest_size=32).hexdigest()


def _client(row) -> Client:
    return Client(**json.loads(row["registration"]))
