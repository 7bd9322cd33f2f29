"""The lab's own certificate authority: who wants TLS trusts it, and it vouches for this machine.

Made when first needed and kept with the state, so that a file of its certificate stays good.
Certificates are in real time, not lab time.
"""

import ssl

import trustme

from intark_lab.store import Store

NAMES = ("localhost", "127.0.0.1", "::1")


class Authority:
    def __init__(self, store: Store):
        self._authority = _kept(store) or _made(store)

    @property
    def certificate(self) -> str:
        """What clients must trust, PEM."""
        return self._authority.cert_pem.bytes().decode()

    def server_context(self, host: str) -> ssl.SSLContext:
        """For a server on this machine, also called `host`."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(*dict.fromkeys((*NAMES, host))).configure_cert(context)
        return context


def _kept(store: Store) -> trustme.CA | None:
    rows = store.all("SELECT value FROM meta WHERE key LIKE 'authority-%' ORDER BY key")
    return trustme.CA.from_pem(*(row["value"].encode() for row in rows)) if rows else None


def _made(store: Store) -> trustme.CA:
    made = trustme.CA(organization_name="intark-lab")
    parts = {"certificate": made.cert_pem, "key": made.private_key_pem}
    with store.transaction():
        for name, pem in parts.items():
            store.insert("meta", key=f"authority-{name}", value=pem.bytes().decode())
    return made
