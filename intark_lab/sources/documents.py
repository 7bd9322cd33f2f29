"""What an OpenAPI document says about the collections of an API."""

from typing import NamedTuple

from intark_lab.sources.parameters import Parameter


class Operations(NamedTuple):
    """A collection is a list at `/NAME` and its records at `/NAME/{ID}`."""

    query: dict[str, Parameter]
    """Parameters of the list, by name."""
    id: Parameter
    """The parameter in the record's path."""


def read_operations(document: dict) -> dict[str, Operations]:
    """The collections that `document` describes, by name."""
    paths = document["paths"]
    return {
        path[1:]: Operations(
            {parameter.name: parameter for parameter in _parameters(document, path)},
            *_parameters(document, _record_path(paths, path)),
        )
        for path in paths
        if "{" not in path
    }


def _record_path(paths: dict, collection: str) -> str:
    return next(path for path in paths if path.startswith(f"{collection}/{{"))


def _parameters(document: dict, path: str) -> list[Parameter]:
    declared = document["paths"][path]["get"].get("parameters", ())
    return [Parameter(_resolved(document, spec)) for spec in declared]


def _resolved(document: dict, spec: dict) -> dict:
    """`spec`, or what it points at: `{"$ref": "#/components/parameters/limit"}`."""
    if "$ref" not in spec:
        return spec
    kind, name = spec["$ref"].removeprefix("#/components/").split("/")
    return document["components"][kind][name]
