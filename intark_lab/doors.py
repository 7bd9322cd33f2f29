"""The doors of a lab: where each stands, and how the server behind it is loaded and made.

Nothing is loaded before the first call, or `load_ahead`: a lab's start would take twice as long.
"""

from collections.abc import Callable
from typing import NamedTuple

from intark_lab.institution import BROM, CONTROL, GATEWAY, ISSUERS, PORTAL, Institution

Make = Callable[[Institution], Callable]
"""From an institution to its server, an ASGI application."""


class Door(NamedTuple):
    path: str
    """Where the server's own paths begin, below the lab's path."""
    load: Callable[[], Make]


def load_ahead() -> None:
    """Load what a learner comes to first, in any thread, so that the first call need not wait.

    The issuers stay: their library is larger than all of it, and few units need them.
    """
    for name in ("control", "portal", "brom", "management"):
        DOORS[name].load()


def _gateway() -> Make:
    return lambda institution: institution.gateway


def _portal() -> Make:
    from intark_lab.manager.portal_api import portal

    return _attended(portal)


def _management() -> Make:
    from intark_lab.manager.management_api import management

    return _attended(management)


def _control() -> Make:
    from intark_lab.control.app import app

    return _attended(app)


def _issuers() -> Make:
    from intark_lab.issuers.site import site

    return site


def _brom() -> Make:
    from intark_lab import owner
    from intark_lab.messages.brom.site import site

    def make(institution: Institution) -> Callable:
        brom, clock = institution.brom, institution.clock
        return site(brom, lambda: owner.answer_access_due(brom, clock.ms()))

    return make


def _attended(make: Make) -> Make:
    """A server whose callers find due requests answered, and of whose changes the gateway hears."""
    from intark_lab import owner

    def attended(lab: Institution) -> Callable:
        app = owner.attended(make(lab), lab.store, lab.clock)

        async def heard(scope, receive, send):
            await app(scope, receive, send)
            lab.gateway.notice(lab.clock.ms())

        return heard

    return attended


DOORS = {
    "gateway": Door(GATEWAY, _gateway),
    "portal": Door(PORTAL, _portal),
    "management": Door("/management", _management),
    "issuers": Door(ISSUERS, _issuers),
    "brom": Door(BROM, _brom),
    "control": Door(CONTROL, _control),
}
"""By the name that follows the lab's id in an address."""
