"""One request to the management API, as its handlers see it."""

from dataclasses import dataclass
from sqlite3 import Row

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request

from intark_lab.manager import apis, members, subscriptions
from intark_lab.manager.errors import UNEXPECTED, ManagerError, not_found, unauthorized
from intark_lab.manager.management_api.answers import Invalid, Plain, Violation
from intark_lab.manager.people import User
from intark_lab.manager.portal_api import auth, bodies
from intark_lab.manager.visiting import ToInstitution, read_body

BODY_LIMIT = 4 * 1024 * 1024
"""Bytes. An export file with its pages and an OpenAPI document fit."""

ORGANIZATION = "/organizations/DEFAULT"
ENVIRONMENT = ORGANIZATION + "/environments/DEFAULT"
PAGE_SIZES = range(1, 201)


@dataclass(frozen=True)
class Visit(ToInstitution):
    user: User
    path: dict[str, str]
    """What the path names, by parameter."""
    query: QueryParams
    headers: Headers
    body: bytes
    url: str
    """Without the query, and without a slash at its end."""
    management_url: str
    """Up to the environment."""

    @classmethod
    async def of(cls, request: Request) -> "Visit":
        """Raises 401 for nobody and for wrong credentials, 413 for a body over BODY_LIMIT."""
        institution = request.app.state.institution
        user = auth.caller(request, institution)
        if user is None:
            raise unauthorized()
        return cls(
            institution,
            user,
            request.path_params,
            request.query_params,
            request.headers,
            await read_body(request, BODY_LIMIT),
            str(request.url.replace(query="")).rstrip("/"),
            str(request.base_url).rstrip("/") + ENVIRONMENT,
        )

    @property
    def gateway_url(self) -> str:
        return (
            self.management_url.removesuffix(ENVIRONMENT).removesuffix("/management") + "/gateway"
        )

    def api(self, permission: str, right: str) -> Row:
        """The API of the path, when the user has `right` of `permission` there.

        Raises 404 `api.notFound`, 403 `forbidden`.
        """
        row = apis.get(self.store, self.path["api"])
        members.require(self.store, row, self.user, permission, right)
        return row

    def subscription(self, right: str) -> Row:
        """The subscription of the path, when the user has `right` of SUBSCRIPTION on its API.

        Raises 403, 404 `api.notFound`, `subscription.notFound` (also for another API's).
        """
        api = self.api("SUBSCRIPTION", right)
        row = subscriptions.get(self.store, self.path["subscription"])
        if row["api"] != api["id"]:
            raise not_found("subscription", row["id"])
        return row

    def json(self, kind, method: str) -> dict:
        """The request body of that kind (see `bodies`), nulls left out.

        `method` is Gravitee's name of what is asked for. Raises 415 for another content type,
        Invalid for no body, Malformed for a body of another kind.
        """
        self.require_json()
        value = bodies.read(self.body, kind) if self.body.strip() else None
        if value is None:
            raise Invalid(f"{method}.arg0", Violation("must not be null", ""))
        return value

    def require_json(self) -> None:
        """Raises 415 for a body that is said to be something else."""
        content_type = self.headers.get("content-type", "").partition(";")[0].strip()
        if self.body and content_type != "application/json":
            raise ManagerError(415, UNEXPECTED, "HTTP 415 Unsupported Media Type")

    def whole(self, name: str, default: int) -> int:
        """A query parameter as a whole number. Raises Plain."""
        value = self.query.get(name)
        if value in (None, ""):
            return default
        if not value.lstrip("-").isascii() or not value.lstrip("-").isdigit() or len(value) > 18:
            raise Plain(f"Query parameter '{name}' is not valid")
        return int(value)

    def page_and_size(self, method: str) -> tuple[int, int]:
        """Which page, and of which size: 20 unless asked for, 200 at most. Raises Invalid."""
        page, size = self.whole("page", 1), self.whole("size", 20)
        if page < 1:
            message = "Page number should not be less than 1"
            raise Invalid(f"{method}.arg1", Violation(message, "page", page))
        if size not in PAGE_SIZES:
            least = size < PAGE_SIZES.start
            message = f"Page size should not be {'less than 1' if least else 'more than 200'}"
            raise Invalid(f"{method}.arg1", Violation(message, "size", size))
        return page, size

    def words(self, name: str) -> list[str]:
        """A query parameter that lists values, by commas or by repetition."""
        return [word for value in self.query.getlist(name) for word in value.split(",") if word]

    def flag(self, name: str, default: bool = False) -> bool:
        """A query parameter as true or false. Anything but `true` is false."""
        value = self.query.get(name)
        return default if value is None else value.lower() == "true"


def require_fields(method: str, value: dict, *names: str) -> None:
    """Raises Invalid, naming every field that is not there."""
    missing = [Violation("must not be null", name) for name in names if name not in value]
    if missing:
        raise Invalid(f"{method}.arg0", *missing)
