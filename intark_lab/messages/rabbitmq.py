"""The door of a RabbitMQ: the same things set up by its management API.

Names, vhosts and messages are RabbitMQ's; what it cannot tell through this API is said in
`messages/README.md`.
"""

import base64
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

import httpx

from intark_lab.messages.address import client_url
from intark_lab.messages.door import EVERYTHING, Event, Refused

_TIMEOUT = 30.0
_SHOVELS = "/parameters/shovel/%2F"


class RabbitMQ:
    """A Door (see intark_lab.messages.door) to a RabbitMQ, for one lab.

    `management` is `http://USER:PASSWORD@HOST:PORT`; its user must be an administrator. What the
    lab makes carries the tag `intark-lab-ID`, so that `clear` finds it again.
    """

    def __init__(self, address: str, management: str, lab_id: str):
        parts = urlsplit(management)
        self.address = address
        self._user = parts.username or "guest"
        self._auth = (self._user, parts.password or "guest")
        host = parts.netloc.rpartition("@")[2]
        self._base = f"{parts.scheme}://{host}/api"
        self._tag = f"intark-lab-{lab_id}"
        self._client: httpx.AsyncClient | None = None

    def url(self, user: str, password: str, vhost: str) -> str:
        return client_url(self.address, user, password, vhost)

    async def create_vhost(self, vhost: str) -> None:
        await self._put("/vhosts", vhost, tags=self._tag, description="a lab of the IntArk course")
        await self.permit(vhost, self._user)

    async def delete_vhost(self, vhost: str) -> None:
        await self._delete("/vhosts", vhost)

    async def create_user(self, user: str, password: str) -> None:
        await self._put("/users", user, password=password, tags=self._tag)

    async def delete_user(self, user: str) -> None:
        await self._delete("/users", user)

    async def permit(
        self,
        vhost: str,
        user: str,
        configure: str = EVERYTHING,
        write: str = EVERYTHING,
        read: str = EVERYTHING,
    ) -> None:
        await self._put("/permissions", vhost, user, configure=configure, write=write, read=read)

    async def forbid(self, vhost: str, user: str) -> None:
        await self._delete("/permissions", vhost, user)

    async def permit_topics(
        self, vhost: str, user: str, exchange: str, write: str = EVERYTHING, read: str = EVERYTHING
    ) -> None:
        await self._put(
            "/topic-permissions", vhost, user, exchange=exchange, write=write, read=read
        )

    async def create_exchange(self, vhost: str, exchange: str, kind: str = "topic") -> None:
        await self._put("/exchanges", vhost, exchange, type=kind, durable=True)

    async def delete_exchange(self, vhost: str, exchange: str) -> None:
        await self._delete("/exchanges", vhost, exchange)

    async def create_queue(
        self, vhost: str, queue: str, arguments: Mapping[str, object] | None = None
    ) -> None:
        await self._put("/queues", vhost, queue, durable=True, arguments=dict(arguments or {}))

    async def delete_queue(self, vhost: str, queue: str) -> None:
        await self._delete("/queues", vhost, queue)

    async def bind(self, vhost: str, exchange: str, queue: str, routing_key: str = "#") -> None:
        await self._call("POST", _binding(vhost, exchange, queue), {"routing_key": routing_key})

    async def unbind(self, vhost: str, exchange: str, queue: str, routing_key: str = "#") -> None:
        place = _binding(vhost, exchange, queue)
        found = await self._call("GET", place, missing=[])
        for binding in found:
            if binding["routing_key"] == routing_key and not binding["arguments"]:
                await self._delete(place, binding["properties_key"])

    async def create_shovel(
        self, name: str, vhost: str, queue: str, to_vhost: str, to_exchange: str
    ) -> None:
        await self._put(
            _SHOVELS,
            name,
            value={
                "src-protocol": "amqp091",
                "src-uri": f"amqp:///{quote(vhost, safe='')}",
                "src-queue": queue,
                "dest-protocol": "amqp091",
                "dest-uri": f"amqp:///{quote(to_vhost, safe='')}",
                "dest-exchange": to_exchange,
                "ack-mode": "on-confirm",
            },
        )

    async def delete_shovel(self, name: str) -> None:
        await self._delete(_SHOVELS, name)

    async def publish(
        self,
        vhost: str,
        exchange: str,
        routing_key: str,
        body: bytes,
        message_id: str | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, object] | None = None,
    ) -> bool:
        properties = {
            "content_type": content_type,
            "delivery_mode": 2,
            "headers": dict(headers or {}),
        }
        if message_id is not None:
            properties["message_id"] = message_id
        answer = await self._call(
            "POST",
            _path("/exchanges", vhost, exchange or "amq.default", "publish"),
            {
                "properties": properties,
                "routing_key": routing_key,
                "payload": base64.b64encode(body).decode(),
                "payload_encoding": "base64",
            },
        )
        return answer["routed"]

    async def waiting(self, vhost: str, queue: str) -> int:
        found = await self._call("GET", _path("/queues", vhost, queue))
        return found.get("messages", 0)

    def observe(self, callback: Callable[[Event], None]) -> None:
        """Nothing is seen: RabbitMQ tells nobody who acknowledged what."""

    async def clear(self) -> None:
        for vhost in await self._call("GET", "/vhosts"):
            if self._tag in vhost.get("tags", []):
                await self._drop_shovels(vhost["name"])
                await self.delete_vhost(vhost["name"])
        for user in await self._call("GET", "/users"):
            if self._tag in user.get("tags", []):
                await self.delete_user(user["name"])

    async def close(self) -> None:
        """Let go of the connection; what was set up stays."""
        if self._client is not None:
            await self._client.aclose()

    async def _drop_shovels(self, vhost: str) -> None:
        source = f"amqp:///{quote(vhost, safe='')}"
        for shovel in await self._call("GET", _SHOVELS, missing=[]):
            if shovel["value"]["src-uri"] == source:
                await self.delete_shovel(shovel["name"])

    async def _put(self, kind: str, *names: str, **body) -> None:
        await self._call("PUT", _path(kind, *names), body)

    async def _delete(self, kind: str, *names: str) -> None:
        await self._call("DELETE", _path(kind, *names), missing=None)

    async def _call(self, method: str, path: str, body: dict | None = None, **missing):
        """The answer, or `missing=` where the thing is not there. Raises Refused."""
        if self._client is None:
            self._client = httpx.AsyncClient(auth=self._auth, trust_env=False, timeout=_TIMEOUT)
        try:
            response = await self._client.request(method, self._base + path, json=body)
        except httpx.TransportError as error:
            raise Refused(f"RabbitMQ's management API does not answer: {error}") from None
        if response.status_code == 404 and missing:
            return missing["missing"]
        if response.is_error:
            raise Refused(_reason(response))
        return response.json() if response.content else None


def _path(kind: str, *names: str) -> str:
    return "/".join((kind, *(quote(name, safe="") for name in names)))


def _binding(vhost: str, exchange: str, queue: str) -> str:
    return _path("/bindings", vhost, "e", exchange, "q", queue)


def _reason(response: httpx.Response) -> str:
    try:
        said = response.json()
        return str(said.get("reason") or said.get("error"))
    except ValueError:
        return response.text
