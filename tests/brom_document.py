"""Answers of the self-service portal, held against its OpenAPI document."""

import json
import re

import httpx
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from intark_lab import paths

DOCUMENT = json.loads((paths.data() / "brom" / "openapi.json").read_text("utf-8"))


def hold(response: httpx.Response) -> None:
    """Fail unless the document has this answer."""
    response.read()
    path = response.request.url.path.partition("/brom")[2]
    template = next((t for t in DOCUMENT["paths"] if fits(t, path)), None)
    operation = DOCUMENT["paths"].get(template, {}).get(response.request.method.lower())
    if operation is None:
        assert response.status_code in (404, 405)
        return
    documented = operation["responses"][str(response.status_code)]
    documented = resolved(documented)
    if response.status_code != 204:
        (content_type,) = documented["content"]
        assert response.headers["content-type"] == content_type
        check(documented["content"][content_type]["schema"], response.json())


def fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def resolved(response: dict) -> dict:
    name = response.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["responses"][name] if name else response


def check(schema: dict, value) -> None:
    resource = Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:brom", resource)
    absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:brom#/'))
    Draft202012Validator(absolute, registry=registry, format_checker=FormatChecker()).validate(
        value
    )
