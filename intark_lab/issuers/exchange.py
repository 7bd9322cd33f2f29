"""What an issuer reads off a request, and the forms in which it answers (RFC 6749, 6750)."""

import binascii
import re
from base64 import b64decode
from urllib.parse import parse_qsl, unquote_plus

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

LIMIT = 64 * 1024
"""The largest body that is read, in bytes."""
FIELDS = 64
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
_SECRET = {"cache-control": "no-store", "pragma": "no-cache"}


class Refused(Exception):
    """The issuer does not do it: an HTTP status and an OAuth error code, in words for developers.

    `more` are further members of the answer, `headers` further headers.
    """

    def __init__(
        self,
        status: int,
        error: str,
        description: str,
        more: dict | None = None,
        headers: dict | None = None,
    ):
        super().__init__(description)
        self.status, self.headers = status, headers or {}
        self.document = {"error": error, "error_description": description, **(more or {})}


def invalid_request(description: str) -> Refused:
    return Refused(400, "invalid_request", description)


def answer(document: object, status: int = 200, headers: dict | None = None) -> Response:
    """JSON that no cache may keep."""
    return Response(
        orjson.dumps(document), status, {**_SECRET, **(headers or {})}, "application/json"
    )


def public(document: object) -> Response:
    """JSON that anyone may read and keep for a while: metadata, keys."""
    return Response(orjson.dumps(document), media_type="application/json")


def refusal(_request: Request, refused: Refused) -> Response:
    return answer(refused.document, refused.status, refused.headers)


def base_url(request: Request, issuer: str) -> str:
    """The address of an issuer, as this request reached it, without a slash at its end."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        name, port = request.scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else name
    return f"{request.url.scheme}://{host}{request.scope.get('root_path', '')}/{issuer}"


async def form(request: Request) -> dict[str, str]:
    """The fields of a form body. Raises Refused; a repeated field is an error (RFC 6749, 3.2)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise invalid_request("The body must be application/x-www-form-urlencoded")
    return fields(await body(request))


def fields(encoded: bytes) -> dict[str, str]:
    """Form fields or query parameters; one without a value counts as left out. Raises Refused."""
    try:
        pairs = parse_qsl(encoded.decode(), errors="strict", max_num_fields=FIELDS)
    except ValueError:
        raise invalid_request("The parameters cannot be read") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise invalid_request("A parameter is repeated")
    return found


async def json_object(request: Request) -> dict:
    """The JSON object that is the body. Raises Refused."""
    try:
        document = orjson.loads(await body(request))
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise invalid_request("The body must be a JSON object")
    return document


async def body(request: Request) -> bytes:
    """The body, up to LIMIT. Raises Refused with 413 beyond that."""
    read = bytearray()
    try:
        async for part in request.stream():
            read += part
            if len(read) > LIMIT:
                raise Refused(413, "invalid_request", f"The body is over {LIMIT} bytes")
    except ClientDisconnect:
        raise invalid_request("The body ended early") from None
    return bytes(read)


def basic(request: Request) -> tuple[str, str] | None:
    """Username and password of HTTP Basic authentication; None where there is none to read."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (username, password) if colon else None


def basic_client(request: Request) -> tuple[str, str] | None:
    """Client id and secret by Basic authentication, form-encoded in it (RFC 6749, 2.3.1)."""
    found = basic(request)
    return (unquote_plus(found[0]), unquote_plus(found[1])) if found else None


def bearer(request: Request) -> str | None:
    """The token of the Authorization header (RFC 6750, 2.1)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
