"""An issuer's signing keys: one that signs, the next one, published early, and the previous one.

They change places when the signing key has been at work for ROTATION of lab time, or on request.
The previous key is published until the next change, so that tokens it signed still hold.
"""

import asyncio
import json
from typing import TYPE_CHECKING

from intark_lab.clock import Clock
from intark_lab.issuers import signatures
from intark_lab.store import Store

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

ROTATION = 30 * 24 * 3600 * 1000
"""How long one key signs, in ms of lab time."""


def published(store: Store, issuer: str) -> list[dict]:
    """An issuer's public JWKs: previous, current, next; none before it was first asked for one."""
    rows = store.all(
        "SELECT public_jwk FROM issuer_key WHERE issuer = ?"
        " ORDER BY retired_at IS NULL, active_at IS NULL",
        issuer,
    )
    return [json.loads(row["public_jwk"]) for row in rows]


class SigningKeys:
    """Made when first asked for, kept in the store, off the event loop while they are made."""

    def __init__(self, store: Store, clock: Clock, issuer: str):
        self._store, self._clock, self._issuer = store, clock, issuer
        self._changing = asyncio.Lock()

    async def current(self) -> "RSAKey":
        """The key that signs now."""
        if self._is_due():
            async with self._changing:
                if self._is_due():
                    await self._change()
        row = self._signing()
        return signatures.private_key(row["private_pem"], row["kid"])

    async def jwks(self) -> dict:
        """The JWK set (RFC 7517): what everybody may know."""
        await self.current()
        return {"keys": published(self._store, self._issuer)}

    async def rotate(self) -> str:
        """Let the next key sign from now on; its `kid`."""
        await self.current()
        async with self._changing:
            await self._change()
        return self._signing()["kid"]

    def _signing(self):
        return self._store.one(
            "SELECT * FROM issuer_key"
            " WHERE issuer = ? AND active_at IS NOT NULL AND retired_at IS NULL",
            self._issuer,
        )

    def _is_due(self) -> bool:
        signing = self._signing()
        return signing is None or self._clock.ms() - signing["active_at"] >= ROTATION

    async def _change(self) -> None:
        missing = 2 if self._signing() is None else 1
        made = [await asyncio.to_thread(signatures.new_private_key) for _ in range(missing)]
        now, store = self._clock.ms(), self._store
        with store.transaction():
            store.write(
                "DELETE FROM issuer_key WHERE issuer = ? AND retired_at IS NOT NULL", self._issuer
            )
            store.write(
                "UPDATE issuer_key SET retired_at = ? WHERE issuer = ? AND active_at IS NOT NULL",
                now,
                self._issuer,
            )
            store.write(
                "UPDATE issuer_key SET active_at = ? WHERE issuer = ? AND active_at IS NULL",
                now,
                self._issuer,
            )
            for key in made[:-1]:
                self._insert(key, now, active_at=now)
            self._insert(made[-1], now)

    def _insert(self, key: "RSAKey", now: int, active_at: int | None = None) -> None:
        self._store.insert(
            "issuer_key",
            issuer=self._issuer,
            kid=key.kid,
            private_pem=key.as_pem(private=True).decode(),
            public_jwk=json.dumps(signatures.public_jwk(key)),
            created_at=now,
            active_at=active_at,
        )
