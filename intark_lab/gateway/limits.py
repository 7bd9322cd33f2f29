"""Rate limit, quota and spike arrest: fixed windows that begin with their first call."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from intark_lab.gateway.call import Call
from intark_lab.gateway.errors import Refused
from intark_lab.gateway.exchange import Headers
from intark_lab.gateway.expressions import fill

_MILLISECONDS = {
    "MILLISECONDS": 1,
    "SECONDS": 1_000,
    "MINUTES": 60_000,
    "HOURS": 3_600_000,
    "DAYS": 86_400_000,
    "WEEKS": 604_800_000,
}
_FORGET_AT = 10_000


class Counters:
    """The windows of one gateway: bucket → (end in lab ms, calls so far)."""

    def __init__(self):
        self._windows: dict[tuple, tuple[float, int]] = {}

    def count(self, bucket: tuple, now: int, period) -> tuple[float, int]:
        """Count one call at `now`; the window's end and its calls. `period(now)` ends a new one."""
        end, calls = self._windows.get(bucket, (0, 0))
        if now >= end:
            end, calls = period(now), 0
            if len(self._windows) >= _FORGET_AT:
                self._windows = {b: w for b, w in self._windows.items() if w[0] > now}
        self._windows[bucket] = end, calls + 1
        return end, calls + 1

    def clear(self) -> None:
        self._windows.clear()


class Limit:
    """One limiting policy on one path. `kind` is the policy's name, which names its settings too.

    Calls that are refused count as well, and the keys of one subscription share a bucket; callers
    without one are told apart by address. A `key` tells calls further apart, by an expression;
    with `useKeyOnly` it alone does.
    """

    def __init__(self, kind: str, configuration: dict, path: str):
        self._kind, self._path = kind, path
        setting, header, self._words, default_headers = _KINDS[kind]
        self._add_headers = configuration.get("addHeaders", default_headers)
        rate = configuration[setting]
        self._own_key = str(rate.get("key") or "")
        self._key_only = bool(self._own_key and rate.get("useKeyOnly"))
        self._limit, self._time = int(rate["limit"]), int(rate["periodTime"])
        self._unit = rate["periodTimeUnit"]
        self._slice_ms = self._slice_header = None
        if kind == "spike-arrest":
            self._limit, self._slice_ms = _slice(self._limit, self._time, self._unit)
            self._slice_header = (header + b"-slice-period", b"%dms" % self._slice_ms)
        self._limit_header = (header + b"-limit", b"%d" % self._limit)
        self._remaining, self._reset = header + b"-remaining", header + b"-reset"

    def request(self, call: Call) -> None:
        """Count the call; raise Refused (429) above the limit."""
        caller = call.access.subscription if call.access else call.request.client
        bucket = (self._kind, call.plan.id, caller, self._path)
        if self._own_key:
            own = fill(self._own_key, call)
            bucket = (self._kind, own, self._path) if self._key_only else (*bucket, own)
        end, calls = call.memory.counters.count(bucket, call.now, self._period)
        if self._add_headers:
            call.headers += self._headers(max(0, self._limit - calls), end)
        if calls > self._limit:
            raise Refused(429, self._message(), _ERROR_KEYS[self._kind])

    def _period(self, now: int) -> float:
        if self._slice_ms is not None:
            return now + self._slice_ms
        if self._unit == "MONTHS":
            return _months_later(now, self._time)
        return now + self._time * _MILLISECONDS[self._unit]

    def _headers(self, remaining: int, reset: float) -> Headers:
        second = self._slice_header or (self._remaining, b"%d" % remaining)
        return [self._limit_header, second, (self._reset, b"%d" % reset)]

    def _message(self) -> str:
        if self._slice_ms is not None:
            return f"{self._words} {self._limit} requests per {self._slice_ms} ms."
        return f"{self._words} {self._limit} requests per {self._time} {self._unit.lower()}"


class DynamicLimit:
    """A limiting policy whose `dynamicLimit`, an expression, each call works out for itself."""

    def __init__(self, kind: str, configuration: dict, path: str):
        setting = _KINDS[kind][0]
        rate = configuration[setting]
        self._expression = str(rate["dynamicLimit"])
        self._of = lru_cache(maxsize=64)(
            lambda limit: Limit(kind, configuration | {setting: rate | {"limit": limit}}, path)
        )

    def request(self, call: Call) -> None:
        """As a Limit does; one of 0 where the expression gives no number."""
        try:
            limit = int(fill(self._expression, call))
        except ValueError:
            limit = 0
        self._of(max(0, limit)).request(call)


def limiting(kind: str, configuration: dict, path: str) -> Limit | DynamicLimit:
    """The policy `kind`. Its expression counts where it has no limit above 0."""
    rate = configuration[_KINDS[kind][0]]
    dynamic = rate.get("dynamicLimit") and not rate.get("limit")
    return (DynamicLimit if dynamic else Limit)(kind, configuration, path)


_KINDS = {
    "rate-limit": (
        "rate",
        b"x-rate-limit",
        "Rate limit exceeded! You reached the limit of",
        False,
    ),
    "quota": ("quota", b"x-quota", "Quota exceeded! You reached the limit of", True),
    "spike-arrest": (
        "spike",
        b"x-spike-arrest",
        "Spike limit exceeded! You reached the limit of",
        False,
    ),
}
"""Policy → the name of its settings, its headers, its message, headers by default."""

_ERROR_KEYS = {
    "rate-limit": "RATE_LIMIT_TOO_MANY_REQUESTS",
    "quota": "QUOTA_TOO_MANY_REQUESTS",
    "spike-arrest": "SPIKE_ARREST_TOO_MANY_REQUESTS",
}


def _slice(limit: int, time: int, unit: str) -> tuple[int, int]:
    """A spike's limit as calls a slice: one each period/limit, but no slice under 100 ms."""
    period = time * _MILLISECONDS[unit]
    if limit == 0:
        return 0, period
    length = period // limit
    if length >= 100:
        return 1, length
    return max(1, limit * 100 // period), 100


def _months_later(now: int, months: int) -> float:
    start = datetime.fromtimestamp(now / 1000, UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day)).timestamp() * 1000
