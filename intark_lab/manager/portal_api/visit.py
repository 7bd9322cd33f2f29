"""One request to the portal, as its handlers see it: who asks, for what, with which words."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request

from intark_lab.manager.errors import UNEXPECTED, ManagerError
from intark_lab.manager.people import User
from intark_lab.manager.portal_api import bodies
from intark_lab.manager.portal_api.answers import Invalid
from intark_lab.manager.visiting import ToInstitution, read_body

BODY_LIMIT = 1024 * 1024
"""Bytes. A picture of the 500 kB that Gravitee allows fits, in base64."""

PORTAL = "/portal/environments/DEFAULT"


@dataclass(frozen=True)
class Visit(ToInstitution):
    user: User | None
    path: dict[str, str]
    """What the path names, by parameter."""
    query: QueryParams
    body: bytes
    content_type: str
    url: str
    portal_url: str

    @classmethod
    async def of(cls, request: Request, user: User | None) -> "Visit":
        """Raises 413 for a body over BODY_LIMIT."""
        return cls(
            request.app.state.institution,
            user,
            request.path_params,
            request.query_params,
            await read_body(request, BODY_LIMIT),
            request.headers.get("content-type", ""),
            str(request.url),
            str(request.base_url).rstrip("/"),
        )

    @property
    def root(self) -> str:
        """The path that the portal lies below."""
        return urlsplit(self.portal_url).path

    @property
    def gateway_url(self) -> str:
        return self.portal_url.removesuffix(PORTAL) + "/gateway"

    def link(self, *path: str) -> str:
        return "/".join((self.portal_url, *path))

    def whole(self, name: str, default: int = 0, bits: int = 64) -> int:
        """A query parameter as a whole number. Raises 400 `queryParam`."""
        value = self.query.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise _bad_parameter(f'For input string: "{value}"')
        return number

    def flag(self, name: str) -> bool | None:
        """A query parameter as true or false, None without it. Anything but `true` is false."""
        value = self.query.get(name)
        return None if value is None else value.lower() == "true"

    def choice(self, name: str, values: tuple[str, ...]) -> str | None:
        chosen = self.choices(name, values)
        return chosen[0] if chosen else None

    def choices(self, name: str, values: tuple[str, ...]) -> list[str]:
        """A repeated query parameter with given values. Raises 400 `queryParam`."""
        chosen = self.query.getlist(name)
        for value in chosen:
            if value not in values:
                raise _bad_parameter(f"No enum constant {name}.{value}")
        return chosen

    def json(self, kind, argument: str) -> dict:
        """The request body of that kind (see `bodies`).

        Raises 415 for another content type, Invalid for no body at all (`argument` names it in
        Gravitee's words), Malformed for a body of another kind.
        """
        if self.body:
            self.check_json()
        value = bodies.read(self.body, kind) if self.body.strip() else None
        if value is None:
            raise Invalid(argument, "Input must not be null.")
        return value

    def check_json(self) -> None:
        """Raises 415 where there is a body that does not call itself JSON."""
        if self.body and self.content_type.partition(";")[0].strip().lower() != "application/json":
            raise ManagerError(415, UNEXPECTED, "HTTP 415 Unsupported Media Type")


def _bad_parameter(message: str) -> ManagerError:
    return ManagerError(400, "queryParam", message)
