"""Path authorisation (Gravitee's resource-filtering policy): Ant patterns, whitelist, blacklist."""

import re
from functools import lru_cache

from intark_lab.gateway.call import Call
from intark_lab.gateway.errors import Refused

FORBIDDEN = (403, "You're not allowed to access this resource", "RESOURCE_FILTERING_FORBIDDEN")
METHOD_NOT_ALLOWED = (
    405,
    "Method not allowed while accessing this resource",
    "RESOURCE_FILTERING_METHOD_NOT_ALLOWED",
)


class PathRules:
    """The policy `resource-filtering` with its configuration, `{whitelist, blacklist}`."""

    def __init__(self, configuration: dict):
        self._configuration = configuration
        self._decide = lru_cache(maxsize=1024)(self._judge)

    def request(self, call: Call) -> None:
        refusal = self._decide(call.api.context_path, call.path, call.request.method)
        if refusal is not None:
            raise Refused(*refusal)

    def _judge(self, context_path: str, path: str, method: str) -> tuple | None:
        return verdict(self._configuration, context_path, path, method)


def verdict(configuration: dict, context_path: str, path: str, method: str) -> tuple | None:
    """None lets the call go on; else what Refused takes: 403 for the path, 405 for the method.

    `path` is what follows `context_path`; a pattern may match either it or the whole. The
    whitelist is asked first, then the blacklist as well. A rule without methods means all.
    """
    path = re.sub("/{2,}", "/", path) or "/"
    whitelist = configuration.get("whitelist") or []
    if whitelist:
        matching = _matching(whitelist, context_path, path)
        if not matching:
            return FORBIDDEN
        if not any(_covers(rule, method) for rule in matching):
            return METHOD_NOT_ALLOWED
    for rule in _matching(configuration.get("blacklist") or [], context_path, path):
        if not rule.get("methods"):
            return FORBIDDEN
        if method in rule["methods"]:
            return METHOD_NOT_ALLOWED
    return None


def ant(pattern: str, path: str) -> bool:
    """Whether an Ant pattern matches: `?` a character, `*` within a segment, `**` any segments."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern:
    """Where the first fit is as good as any, there is no second try: long paths would take long."""
    head, *parts = re.split(r"/\*\*(?=/)", pattern)
    if not parts:
        return re.compile(_plain(head), re.DOTALL)
    *inner, last = parts
    found = (f"{'(?:' if '**' in one else '(?>'}(?:/.*?)??{_plain(one)}(?=/))" for one in inner)
    whole = f"{_plain(head)}{''.join(found)}(?:/.*)?{_plain(last)}"
    return re.compile(whole, re.DOTALL)


def _plain(part: str) -> str:
    """The expression for what stands between two `/**/`."""
    pieces = re.split(r"(/\*\*$|\*\*|/)", part)
    meaning = {"/**": "(?:/.*)?", "**": ".*", "/": "/"}
    return "".join(meaning.get(piece) or _segment(piece) for piece in pieces)


def _segment(text: str) -> str:
    fixed = [re.escape(each).replace(r"\?", "[^/]") for each in text.split("*")]
    if len(fixed) == 1:
        return fixed[0]
    first, *inner, last = fixed
    return first + "".join(f"(?>[^/]*?{each})" for each in inner) + f"[^/]*{last}"


def _matching(rules: list[dict], context_path: str, path: str) -> list[dict]:
    return [
        rule
        for rule in rules
        if ant(rule["pattern"], path) or ant(rule["pattern"], context_path + path)
    ]


def _covers(rule: dict, method: str) -> bool:
    return not rule.get("methods") or method in rule["methods"]
