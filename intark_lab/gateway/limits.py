"""Rate limits: a fixed window that begins with its first call."""

from intark_lab.gateway.errors import Refused
from intark_lab.gateway.exchange import Headers

_MILLISECONDS = {"SECONDS": 1_000, "MINUTES": 60_000}


class RateLimits:
    """The counters of one gateway. They live in memory, as in a gateway of one node."""

    def __init__(self):
        self._windows: dict[tuple, tuple[int, int]] = {}

    def take(self, configuration: dict, bucket: tuple, now: int, headers: Headers) -> None:
        """Count one call at `now` (lab ms) in `bucket`; raise Refused (429) above the limit.

        Calls that are refused count too. With `add_headers`, `headers` gets the three
        `X-Rate-Limit-*` headers; Reset is the end of the window in epoch milliseconds.
        """
        limit = configuration["limit"]
        period, unit = configuration["period_time"], configuration["period_time_unit"]
        reset, count = self._windows.get(bucket, (0, 0))
        if now >= reset:
            reset, count = now + period * _MILLISECONDS[unit], 0
        count += 1
        self._windows[bucket] = reset, count
        if configuration.get("add_headers"):
            remaining = max(0, limit - count)
            headers += _headers(limit, remaining, reset)
        if count > limit:
            raise Refused(
                429,
                f"Rate limit exceeded! You reached the limit of {limit} requests "
                f"per {period} {unit.lower()}",
                "RATE_LIMIT_TOO_MANY_REQUESTS",
            )

    def clear(self) -> None:
        self._windows.clear()


def _headers(limit: int, remaining: int, reset: int) -> Headers:
    return [
        (b"x-rate-limit-limit", b"%d" % limit),
        (b"x-rate-limit-remaining", b"%d" % remaining),
        (b"x-rate-limit-reset", b"%d" % reset),
    ]
