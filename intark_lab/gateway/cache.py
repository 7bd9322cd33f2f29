"""Response caching (Gravitee's cache policy), in memory and by lab time."""

import re

from intark_lab.deployment import Definition
from intark_lab.gateway.call import Call
from intark_lab.gateway.exchange import Answer
from intark_lab.gateway.expressions import fill

_DEFAULT_TIME_TO_LIVE = 600
_DEFAULT_METHODS = ("GET", "OPTIONS", "HEAD")
_MAX_AGE = re.compile(rb"(?:s-maxage|max-age)=(\d+)")


class ResponseCache:
    """The policy `cache` with its cache resource; without one the resource's defaults hold.

    `scope` APPLICATION (the default) keeps an answer per application, API for all of them. A
    client steps past it with `X-Gravitee-Cache: BY_PASS` or `?cache=BY_PASS`.
    """

    def __init__(self, configuration: dict, api: Definition):
        resource = _resource(api, configuration["cacheName"])
        self._key = configuration.get("key") or "{#request.path}"
        lives = (configuration.get("timeToLiveSeconds"), resource.get("timeToLiveSeconds"))
        self._live_ms = min((int(t) for t in lives if t), default=_DEFAULT_TIME_TO_LIVE) * 1000
        self._idle_ms = int(resource.get("timeToIdleSeconds") or 0) * 1000
        self._most = int(resource.get("maxEntriesLocalHeap") or 1000)
        self._methods = configuration.get("methods") or _DEFAULT_METHODS
        self._per_application = configuration.get("scope", "APPLICATION") == "APPLICATION"
        self._heed_headers = bool(configuration.get("useResponseCacheHeaders"))

    def request(self, call: Call) -> Answer | None:
        if not self._applies(call):
            return None
        key, kept = self._key_of(call), call.memory.answers(self)
        until, used, answer = kept.get(key, (0, 0, None))
        if call.now >= until or (self._idle_ms and call.now >= used + self._idle_ms):
            kept.pop(key, None)
            return None
        kept[key] = until, call.now, answer
        return answer

    def response(self, call: Call, answer: Answer) -> Answer:
        if 200 <= answer.status < 300 and self._applies(call):
            live_ms = self._live(answer)
            if live_ms > 0:
                kept = call.memory.answers(self)
                kept[self._key_of(call)] = call.now + live_ms, call.now, answer
                while len(kept) > self._most:
                    kept.popitem(last=False)
        return answer

    def _applies(self, call: Call) -> bool:
        passed_by = call.request.headers.get(
            b"x-gravitee-cache", b""
        ).upper() == b"BY_PASS" or b"cache=BY_PASS" in call.request.query.split(b"&")
        return call.request.method in self._methods and not passed_by

    def _key_of(self, call: Call) -> tuple:
        application = call.access.application if call.access and self._per_application else None
        return application, call.request.method, fill(self._key, call)

    def _live(self, answer: Answer) -> int:
        if not self._heed_headers:
            return self._live_ms
        control = dict(answer.headers).get(b"cache-control", b"")
        if b"no-store" in control or b"no-cache" in control:
            return 0
        told = _MAX_AGE.search(control)
        return min(self._live_ms, int(told[1]) * 1000) if told else self._live_ms


def _resource(api: Definition, name: str) -> dict:
    for resource in api.resources:
        if resource.get("name") == name and resource.get("enabled", True):
            return resource.get("configuration") or {}
    return {}
