"""How the kernel drives the functions of unit 03, against the lab.

Task 3.3: as the service that a key is rolled over for. Task 3.4: with accesses that are broken.
"""

from collections.abc import Callable

import httpx

from intark_lab.lab import current, trust
from intark_lab.tasks.driving import gateway_client
from intark_lab.tasks.evidence import called, in_one_case
from intark_lab.tasks.plain import plain

WORKERS = 3


class Service:
    """Calls with the key that each worker has, and takes half an hour to give one another key."""

    def __init__(self, client: httpx.Client, orders: dict):
        self._client, self._orders = client, orders
        self._keys = [orders["key"]] * WORKERS
        self.handed: list[dict] = []

    def call(self) -> None:
        """One call by each worker."""
        for key in self._keys:
            headers = {"X-Gravitee-Api-Key": key, "User-Agent": self._orders["agent"]}
            self._client.get(self._orders["path"], headers=headers)

    def hand_over(self, key: str) -> None:
        """Give all workers the key, one after the other. They go on calling meanwhile."""
        fits = isinstance(key, str) and key.isascii() and key.isprintable()
        self.handed.append({"what": self._kind(key), "type": type(key).__name__, "taken": fits})
        if not fits:
            return
        for worker in range(WORKERS):
            self.call()
            current().advance(minutes=30)
            self._keys[worker] = key
        self.call()

    def _kind(self, key) -> str:
        if not isinstance(key, str):
            return "handed-no-text"
        return "handed-old" if key == self._orders["key"] else "handed-other"


def key_roller(roll_over: Callable, orders: dict) -> dict:
    """Task 3.3: what the function leads to until every older key is over."""
    with gateway_client(orders["key"]) as client:
        service = Service(client, orders)
        service.call()
        called(roll_over, orders["subscription"], service.hand_over)
        service.call()
        current().advance(hours=2, minutes=1)
        service.call()
    return {"handed": service.handed, "workers": WORKERS}


def diagnoser(diagnose: Callable, orders: dict) -> dict:
    """Task 3.4: the function's word for each access that the lab has broken."""
    try:
        return {"decisions": [_decided(diagnose, service) for service in orders["services"]]}
    finally:
        _put_away(orders["applications"])


DRIVES = {"3.3": key_roller, "3.4": diagnoser}


def _decided(diagnose: Callable, service: dict) -> dict:
    said = in_one_case(lambda: {"word": plain(called(diagnose, dict(service)))})
    return {"subscription": service["subscription"], **said}


def _put_away(applications: list[str]) -> None:
    """The check's applications are the learner's own: nobody wants them in their list."""
    lab = current()
    auth, verify = (lab.username, lab.password), trust(lab.ca)
    with httpx.Client(base_url=lab.portal_url, auth=auth, trust_env=False, verify=verify) as portal:
        for application in applications:
            portal.delete(f"/applications/{application}")
