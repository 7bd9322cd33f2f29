"""What drives share: an environment of the check's own, a client, and an end to calls."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from intark_lab.lab import current, trust

MOST_CALLS = 300


class TooManyCalls(BaseException):
    """The function goes on calling. No `except Exception` holds it back."""


@contextmanager
def environment(**changes: str) -> Iterator[None]:
    """Environment variables set for as long as the block runs."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def gateway_client(key: str, on_request: Callable | None = None) -> httpx.Client:
    """A client of the check's own, at the lab's gateway; `on_request` sees each request."""
    lab = current()
    return httpx.Client(
        base_url=lab.gateway_url,
        headers={"X-Gravitee-Api-Key": key},
        event_hooks={"request": [on_request] if on_request else []},
        timeout=10,
        trust_env=False,
        verify=trust(lab.ca),
    )


def at_most(calls: int = MOST_CALLS) -> Callable[[httpx.Request], None]:
    """Looks at each request of a client, and raises TooManyCalls after so many."""
    left = iter(range(calls))

    def count(_request: httpx.Request) -> None:
        if next(left, None) is None:
            raise TooManyCalls

    return count
