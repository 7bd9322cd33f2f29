"""The list envelope: `data`, `metadata`, `links`, as Gravitee's AbstractResource builds it."""

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import Response

from intark_lab.manager.errors import ManagerError, bad_request
from intark_lab.manager.portal_api.answers import json, present
from intark_lab.manager.portal_api.visit import Visit

DEFAULT_SIZE = 10


def listing(
    visit: Visit,
    items: Sequence,
    shape: Callable[[object], dict],
    metadata: Callable[[Sequence], dict] = lambda shown: {},
) -> Response:
    """One page of `items` as the query's `page` and `size` ask: size 0 is metadata only, -1 is all.

    `metadata` names what the shown items mention. Raises 400 `pagination.invalid` for a page
    outside the list, 400 for a size below -1.
    """
    page, size = page_and_size(visit)
    pagination = None
    shown, total = items, len(items)
    if size > 0 and items:
        shown, pagination = _page(items, page, size)
    elif size < -1:
        raise bad_request("Pagination size is not valid")
    data = present(data={"total": len(shown)}, pagination=pagination)
    if size == 0:
        shown = ()
    return answer(visit, [shape(item) for item in shown], data | metadata(shown), total)


def answer(visit: Visit, data: list[dict], metadata: dict, total: int) -> Response:
    """An envelope around a page that was cut already; `total` items make its links."""
    return json(present(data=data, metadata=metadata, links=_links(visit, total)))


def page_and_size(visit: Visit) -> tuple[int, int]:
    return visit.whole("page", 1, bits=32), visit.whole("size", DEFAULT_SIZE, bits=32)


def _page(items: Sequence, page: int, size: int) -> tuple[Sequence, dict]:
    start, total = (page - 1) * size, len(items)
    if page < 1 or start >= total:
        raise ManagerError(400, "pagination.invalid", "Pagination is not valid")
    end = min(start + size, total)
    return items[start:end], {
        "current_page": page,
        "size": size,
        "first": start + 1,
        "last": end,
        "total": total,
        "total_pages": _pages(total, size),
    }


def _pages(total: int, size: int) -> int:
    return -(-total // size)


def _links(visit: Visit, total: int) -> dict | None:
    page, size = page_and_size(visit)
    last = _pages(total, size) if size > 0 else 0
    if not 1 <= page <= last:
        return None
    if last == 1:
        return {"self": visit.url}
    return present(
        self=visit.url,
        first=_at_page(visit.url, 1),
        last=_at_page(visit.url, last),
        prev=_at_page(visit.url, page - 1) if page > 1 else None,
        next=_at_page(visit.url, page + 1) if page < last else None,
    )


def _at_page(url: str, page: int) -> str:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "page"]
    return parts._replace(query=urlencode([*query, ("page", page)])).geturl()
