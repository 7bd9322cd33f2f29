"""One request to the self-service portal: who asks, for what, with which body."""

import hmac
from base64 import b64decode
from sqlite3 import Row
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request

from intark_lab.messages.brom.applications import Access, Application
from intark_lab.messages.brom.portal import Brom
from intark_lab.messages.brom.refusal import Refusal, no_such

BODY_LIMIT = 256 * 1024
"""Bytes: a JSON Schema of some length fits."""


class Visit(NamedTuple):
    brom: Brom
    user: Row
    path: dict[str, str]
    query: dict[str, str]
    body: bytes

    @classmethod
    async def of(cls, request: Request, brom: Brom) -> "Visit":
        """Refusal 401 for nobody the lab knows, 413 for a body over BODY_LIMIT."""
        user = _user(request, brom)
        return cls(
            brom, user, request.path_params, dict(request.query_params), await _body(request)
        )

    def application(self, name: str = "application") -> Application:
        """The application in the path, where it is the caller's. Refusal 404."""
        found = self.brom.register.application(self.path[name])
        if found is None or not self._may_manage(found):
            raise no_such("application", self.path[name])
        return found

    def own_access(self) -> Access:
        """What the caller's application asked of the provider in the path. Refusal 404."""
        return self._access(self.application().name, self.path["provider"])

    def asked_access(self) -> Access:
        """What the consumer in the path asked of the caller's application. Refusal 404."""
        return self._access(self.path["consumer"], self.application().name)

    def _access(self, consumer: str, provider: str) -> Access:
        found = self.brom.register.access(consumer, provider)
        if found is None:
            raise no_such("access", f"{consumer} -> {provider}")
        return found

    def _may_manage(self, application: Application) -> bool:
        return self.user["role"] == "ADMIN" or application.owner == self.user["id"]


def _user(request: Request, brom: Brom) -> Row:
    username, password = _credentials(request.headers.get("authorization", ""))
    row = brom.store.one("SELECT * FROM user WHERE username = ?", username)
    kept = (row["password"] if row else None) or ""
    if not (hmac.compare_digest(kept.encode(), password.encode()) and kept):
        raise Refusal(401, "unauthorized")
    return row


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return username, password


async def _body(request: Request) -> bytes:
    read = bytearray()
    try:
        async for part in request.stream():
            read += part
            if len(read) > BODY_LIMIT:
                raise Refusal(413, "too-large", limit=BODY_LIMIT)
    except ClientDisconnect:
        raise Refusal(400, "wrong.body") from None
    return bytes(read)
