"""A lab's first state: people, the catalogue, and the applications that use it."""

import json
import re
import secrets
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid4, uuid5

import orjson

from intark_lab.catalogue import CatalogueApi, CataloguePlan, load_catalogue
from intark_lab.consumers import load_others
from intark_lab.deploying import deploy, proxy_to
from intark_lab.prepared import Prepared
from intark_lab.store import Store

LEARNER, ADMIN = "developer", "admin"
COURSE_API, COURSE_PLAN = "fs-emner", "open-study-data"
PUBLISHED = 1_770_192_000_000
"""When the catalogue of every institution was published, epoch ms: before any lab is born."""


def born(seed: int, at: int) -> Store:
    """A store in memory in the first state of the institution of `seed`, with secrets of its own.

    Ids come from the seed; passwords and keys from `secrets`. `at` is the birth, lab ms.
    """
    store = Store.of(_conceived(seed))
    with store.transaction():
        give_secrets(store, at)
    return store


def conceive(store: Store, seed: int) -> None:
    """Put everything that the seed decides into an empty store, inside a transaction."""
    store.insert("meta", key="seed", value=str(seed))
    _people(store, seed)
    _catalogue(store, seed)
    _consumers(store, seed)
    store.insert(
        "api_key",
        id=identity(seed, "key", "course"),
        subscription=identity(seed, "subscription", "course"),
        created_at=PUBLISHED,
    )


def give_secrets(store: Store, at: int) -> None:
    """Make both passwords, the course application's key and the control side's token.

    Inside a transaction, at the birth (lab ms), which is kept.
    """
    store.insert("meta", key="born", value=str(at))
    for username in (LEARNER, ADMIN):
        password = secrets.token_urlsafe(12)
        store.write("UPDATE user SET password = ? WHERE username = ?", password, username)
    store.write("UPDATE api_key SET key = ?", str(uuid4()))
    store.insert("meta", key="token", value=secrets.token_urlsafe(24))


_STAYING = (
    *("meta", "user", "api_key", "issuer_key", "attempt", "hint"),
    *("caller", "client"),  # no call of before refers to them, and calls to come may
)


def rebirth(store: Store, seed: int) -> None:
    """Back to the first state in place.

    People, their secrets, the course's key and time stay, and what the learner reached in tasks.
    """
    tables = store.all("SELECT name FROM sqlite_master WHERE type = 'table'")
    with store.transaction():
        for (table,) in tables:
            if table not in _STAYING:
                store.write(f"DELETE FROM {table}")
        store.write("DELETE FROM meta WHERE key IN ('counted', 'owner')")
        store.write("DELETE FROM api_key WHERE id != ?", identity(seed, "key", "course"))
        store.write(
            "UPDATE api_key SET expire_at = NULL, revoked = 0, revoked_at = NULL, paused = 0"
        )
        _catalogue(store, seed)
        _consumers(store, seed)


def identity(seed: int, kind: str, name: str) -> str:
    """The id that the institution of `seed` gives to the thing `name`: a UUID, as in Gravitee."""
    return str(uuid5(NAMESPACE_URL, f"intark-lab:{seed}:{kind}:{name}"))


@lru_cache(maxsize=8)
def _conceived(seed: int) -> Prepared:
    store = Store.in_memory()
    with store.transaction():
        conceive(store, seed)
    return store.prepared()


def _people(store: Store, seed: int) -> None:
    people = [(LEARNER, "Course developer", "USER"), (ADMIN, "Course administrator", "ADMIN")]
    people += [(each.slug, each.team, "USER") for each in load_others().consumers]
    for username, display_name, role in people:
        store.insert(
            "user",
            id=identity(seed, "user", username),
            username=username,
            display_name=display_name,
            email=f"{username}@intark.example",
            role=role,
        )


def _catalogue(store: Store, seed: int) -> None:
    for api in load_catalogue():
        _api(store, seed, api)


def _api(store: Store, seed: int, api: CatalogueApi) -> None:
    api_id = identity(seed, "api", api.slug)
    store.insert(
        "api",
        id=api_id,
        slug=api.slug,
        name=api.name,
        version=api.version,
        description=api.description,
        context_path=api.context_path,
        definition=json.dumps(
            {
                "proxy": proxy_to(f"source:{api.source}"),
                "path_mappings": [
                    re.sub(r"\{[^}]+\}", ":id", path) for path in api.openapi["paths"]
                ],
            }
        ),
        visibility=api.visibility,
        state="STARTED",
        lifecycle="PUBLISHED",
        owner=identity(seed, "user", ADMIN),
        labels=json.dumps(api.labels),
        categories=json.dumps(api.categories),
        created_at=PUBLISHED,
        updated_at=PUBLISHED,
    )
    pages = (
        ("Guide", "MARKDOWN", api.guide),
        ("OpenAPI", "SWAGGER", orjson.dumps(api.openapi, option=orjson.OPT_INDENT_2).decode()),
    )
    for position, (name, kind, content) in enumerate(pages):
        store.insert(
            "page",
            id=identity(seed, "page", f"{api.slug}/{name}"),
            api=api_id,
            name=name,
            type=kind,
            position=position,
            homepage=int(position == 0),
            content=content,
            updated_at=PUBLISHED,
        )
    store.insert("member", api=api_id, user=identity(seed, "user", LEARNER), role="USAGE_READER")
    for plan in api.plans:
        _plan(store, seed, api, plan)
    deploy(store, api_id, PUBLISHED)


def _plan(store: Store, seed: int, api: CatalogueApi, plan: CataloguePlan) -> None:
    store.insert(
        "plan",
        id=identity(seed, "plan", f"{api.slug}/{plan.slug}"),
        api=identity(seed, "api", api.slug),
        slug=plan.slug,
        name=plan.name,
        description=plan.description,
        security=plan.security,
        validation=plan.validation,
        status="PUBLISHED",
        characteristics=json.dumps(plan.characteristics),
        comment_required=int(plan.comment_required),
        comment_question=plan.comment_question,
        position=plan.order,
        flows=json.dumps(plan.flows),
        created_at=PUBLISHED,
        published_at=PUBLISHED,
        updated_at=PUBLISHED,
    )


def _consumers(store: Store, seed: int) -> None:
    """Who uses the APIs: the course's ready application, and everybody else's."""
    words = "Ready when the course begins: it may read the open study data."
    _application(store, seed, "course", LEARNER, "Course application", words)
    _subscription(store, seed, "course", LEARNER, COURSE_API, COURSE_PLAN, name="course")
    for consumer in load_others().consumers:
        slug = consumer.slug
        _application(store, seed, slug, slug, consumer.name, consumer.description)
        for access in consumer.access:
            name = f"{slug}/{access.api}"
            _subscription(store, seed, slug, slug, access.api, access.plan, name)


def _application(
    store: Store, seed: int, slug: str, owner: str, name: str, description: str
) -> None:
    store.insert(
        "application",
        id=identity(seed, "application", slug),
        name=name,
        description=description,
        type="SIMPLE",
        owner=identity(seed, "user", owner),
        api_key_mode="EXCLUSIVE",
        status="ACTIVE",
        created_at=PUBLISHED,
        updated_at=PUBLISHED,
    )


def _subscription(
    store: Store, seed: int, slug: str, owner: str, api: str, plan: str, name: str
) -> None:
    store.insert(
        "subscription",
        id=identity(seed, "subscription", name),
        api=identity(seed, "api", api),
        plan=identity(seed, "plan", f"{api}/{plan}"),
        application=identity(seed, "application", slug),
        status="ACCEPTED",
        subscribed_by=identity(seed, "user", owner),
        created_at=PUBLISHED,
        processed_at=PUBLISHED,
        start_at=PUBLISHED,
        updated_at=PUBLISHED,
    )
