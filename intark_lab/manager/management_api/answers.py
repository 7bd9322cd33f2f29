"""The v1 management API's answers: epoch milliseconds, and errors in their three forms."""

from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from intark_lab.manager.errors import UNEXPECTED, ManagerError
from intark_lab.manager.portal_api.answers import Malformed, json, present

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Gravitee.io Management API"'}


class Violation(NamedTuple):
    """What bean validation found at `location`, a path within the body or parameters."""

    message: str
    location: str
    value: object = None


class Invalid(Exception):
    """A request that can be read and breaks its constraints; `path` is Gravitee's name of it."""

    def __init__(self, path: str, *violations: Violation):
        super().__init__(path)
        self.path, self.violations = path, violations


class Plain(Exception):
    """A refused parameter: 400 with the bare message."""


def paged(items: list[dict], page: int, size: int, total: int, **more) -> Response:
    """One page of a list, as v1 frames it."""
    frame = {
        "current": page,
        "per_page": size,
        "size": len(items),
        "total_pages": -(-total // size),
        "total_elements": total,
    }
    return json({"data": items, **more, "page": frame})


async def refused(_request: Request, error: ManagerError) -> Response:
    body = present(
        message=error.message,
        http_status=error.status,
        technicalCode=None if error.code == UNEXPECTED else error.code,
        parameters=error.parameters,
    )
    return json(body, error.status, CHALLENGE if error.status == 401 else None)


async def invalid(_request: Request, error: Invalid) -> Response:
    first = error.violations[0]
    details = [
        present(message=found.message, location=found.location, invalidValue=found.value)
        for found in error.violations
    ]
    body = present(
        message=first.message,
        path=f"{error.path}.{first.location}" if first.location else error.path,
        invalid_value=first.value,
        details=details,
    )
    return json(body, 400)


async def malformed(_request: Request, error: Malformed) -> Response:
    return json({"message": error.message, "http_status": 400}, 400)


async def plain(_request: Request, error: Plain) -> Response:
    return Response(str(error), 400, media_type="text/plain")


async def not_served(request: Request, error: HTTPException) -> Response:
    """A path or method that the management API does not have."""
    message = f"HTTP {error.status_code} {error.detail}"
    answer = await refused(request, ManagerError(error.status_code, UNEXPECTED, message))
    answer.headers.update(error.headers or {})
    return answer


async def broken(request: Request, _error: Exception) -> Response:
    return await refused(request, ManagerError(500, UNEXPECTED, "HTTP 500 Internal Server Error"))


EXCEPTION_HANDLERS = {
    ManagerError: refused,
    Invalid: invalid,
    Malformed: malformed,
    Plain: plain,
    HTTPException: not_served,
    Exception: broken,
}
