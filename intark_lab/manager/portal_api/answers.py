"""What every answer is made of: JSON without nulls, UTC instants, and Gravitee's error bodies."""

from datetime import UTC, datetime

import orjson
from starlette.requests import Request
from starlette.responses import Response

from intark_lab.manager.errors import UNEXPECTED, ManagerError

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Gravitee.io Portal API"'}


class Malformed(Exception):
    """A request body that cannot be read. Answered by a bare error, as Gravitee does."""

    def __init__(self, message: str, code: str | None = None):
        super().__init__(message)
        self.message, self.code = message, code


class Invalid(Exception):
    """A body that can be read and lacks what it must have. Answered without a status in it."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code, self.message = code, message


def present(**fields) -> dict:
    """The fields that are there: Gravitee leaves nulls out of its JSON."""
    return {name: value for name, value in fields.items() if value is not None}


def iso(ms: int | None) -> str | None:
    """An instant in ms as ISO 8601 in UTC: `2026-02-04T08:00:00.000Z`."""
    if ms is None:
        return None
    instant = datetime.fromtimestamp(ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json(value, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, "application/json")


def no_content() -> Response:
    return Response(status_code=204)


async def refused(_request: Request, error: ManagerError) -> Response:
    body = present(
        status=str(error.status),
        message=error.message,
        code=f"errors.{error.code}",
        parameters=error.parameters,
    )
    headers = CHALLENGE if error.status == 401 else None
    return json({"errors": [body]}, error.status, headers)


async def malformed(_request: Request, error: Malformed) -> Response:
    return json(present(status="400", message=error.message, code=error.code), 400)


async def invalid(_request: Request, error: Invalid) -> Response:
    return json({"errors": [{"message": error.message, "code": error.code}]}, 400)


async def broken(request: Request, _error: Exception) -> Response:
    return await refused(request, ManagerError(500, UNEXPECTED, "HTTP 500 Internal Server Error"))


EXCEPTION_HANDLERS = {
    ManagerError: refused,
    Malformed: malformed,
    Invalid: invalid,
    Exception: broken,
}
