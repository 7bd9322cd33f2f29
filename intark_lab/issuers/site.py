"""Both issuers of one lab behind one door: `/maskinporten` and `/feide`."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from intark_lab.institution import Institution
from intark_lab.issuers import exchange
from intark_lab.issuers.feide import Feide
from intark_lab.issuers.maskinporten import Maskinporten
from intark_lab.issuers.office import Office


def site(institution: Institution) -> Starlette:
    maskinporten, feide = Maskinporten(institution), Feide(institution)
    app = Starlette(
        routes=[
            *maskinporten.routes(),
            *Office(institution, "maskinporten", maskinporten.keys).routes(),
            *feide.routes(),
            *Office(institution, "feide", feide.keys).routes(),
        ],
        exception_handlers={exchange.Refused: exchange.refusal, HTTPException: _no_such_door},
    )
    app.router.redirect_slashes = False
    return app


async def _no_such_door(_request: Request, error: HTTPException) -> Response:
    document = {"error": "invalid_request", "error_description": error.detail}
    return exchange.answer(document, error.status_code, error.headers)
