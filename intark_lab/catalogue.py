"""The institution's catalogue (API-katalog) as data: a folder of `data/apis` for each API."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import orjson

from intark_lab import paths


class CataloguePlan(NamedTuple):
    """A set of rights and limits on an API."""

    slug: str
    name: str
    description: str
    security: str
    """`KEY_LESS` or `API_KEY`."""
    validation: str
    """`AUTO`, or `MANUAL`: the data owner answers each request."""
    order: int
    characteristics: list[str]
    comment_required: bool
    comment_question: str | None
    flows: list[dict]
    """Policies by path, in the form of Gravitee's V2 definitions (see `deployment`)."""
    rules: Mapping = MappingProxyType({})
    """By which the data owner answers (see `owner`): what a request must state (`asks`), what it
    must be about (`needs`) lest the `narrower` plan do, what it must not be about (`never`), and
    where that is (`instead`).
    """


class CatalogueApi(NamedTuple):
    slug: str
    name: str
    version: str
    description: str
    context_path: str
    source: str
    """The source system behind it."""
    labels: list[str]
    categories: list[str]
    visibility: str
    """`PUBLIC` or `PRIVATE`."""
    owner: str
    """The data owner (dataeier)."""
    openapi: dict
    guide: str
    """Markdown."""
    plans: list[CataloguePlan]


@cache
def load_catalogue() -> list[CatalogueApi]:
    """All APIs, by slug. TypeError: a folder lacks a field or has one too many."""
    return [_api(folder) for folder in sorted((paths.data() / "apis").iterdir())]


def _api(folder: Path) -> CatalogueApi:
    return CatalogueApi(
        slug=folder.name,
        openapi=orjson.loads((folder / "openapi.json").read_bytes()),
        guide=(folder / "guide.md").read_text("utf-8"),
        plans=[
            CataloguePlan(order=order, **{"comment_question": None, **plan})
            for order, plan in enumerate(_toml(folder / "plans.toml")["plan"], 1)
        ],
        **_toml(folder / "api.toml"),
    )


def _toml(file: Path) -> dict:
    return tomllib.loads(file.read_text("utf-8"))
