"""What the portal says of itself."""

from starlette.responses import Response

from intark_lab import __version__
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.visit import Visit

ON, OFF = {"enabled": True}, {"enabled": False}


def get_info(visit: Visit) -> Response:
    """GET /info."""
    return json({"name": "IntArk lab: Portal API", "version": __version__})


def get_configuration(visit: Visit) -> Response:
    """GET /configuration: what a web page of this portal would have to know."""
    return json(
        {
            "portal": {
                "title": "API-katalog",
                "entrypoint": visit.gateway_url,
                "apikeyHeader": "X-Gravitee-Api-Key",
                "applicationCreation": ON,
                "userCreation": {"enabled": False},
                "apis": {"categoryMode": ON, "promotedApiMode": OFF, "tilesMode": OFF},
                "rating": {"enabled": False},
                "uploadMedia": {"enabled": False},
            },
            "authentication": {"forceLogin": OFF, "localLogin": ON},
            "plan": {
                "security": {
                    "apikey": ON,
                    "sharedApiKey": ON,
                    "oauth2": ON,
                    "keyless": ON,
                    "jwt": ON,
                    "mtls": OFF,
                }
            },
            "apiReview": OFF,
            "application": {"registration": OFF, "types": {"simple": ON}},
            "recaptcha": {"enabled": False},
            "alert": OFF,
        }
    )
