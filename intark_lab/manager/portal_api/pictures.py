"""Pictures, where `_links` says that they are. Without one Gravitee answers 200 and nothing.

Only APIs have pictures in the lab; what an application or a user sends is not kept.
"""

import base64
import binascii

from starlette.responses import Response

from intark_lab.manager import applications, catalogue
from intark_lab.manager.errors import ManagerError
from intark_lab.manager.portal_api.visit import Visit

CACHED = {"Cache-Control": "no-transform, max-age=86400"}


def get_api_picture(visit: Visit) -> Response:
    """GET /apis/{api}/picture."""
    return _image(catalogue.api(visit.store, visit.path["api"], visit.user)["picture"])


def get_api_background(visit: Visit) -> Response:
    """GET /apis/{api}/background."""
    return _image(catalogue.api(visit.store, visit.path["api"], visit.user)["background"])


def get_of_application(visit: Visit) -> Response:
    """GET /applications/{application}/picture and /background."""
    applications.accessible(visit.store, visit.path["application"], visit.user)
    return _image(None)


def get_avatar(_visit: Visit) -> Response:
    """GET /user/avatar."""
    return _image(None)


def check(wanted: dict) -> None:
    """Raises 400 `upload.unauthorized` where a picture in a body is no image."""
    for name in ("picture", "background"):
        if not wanted.get(name, "data:image/").startswith("data:image/"):
            message = "The image is not in a valid format"
            raise ManagerError(400, "upload.unauthorized", message)


def _image(data_url: str | None) -> Response:
    kind, _, encoded = (data_url or "").removeprefix("data:").partition(";base64,")
    try:
        image = base64.b64decode(encoded)
    except binascii.Error:
        image = b""
    return Response(image, headers=CACHED, media_type=kind if image else None)
