"""What analytics and logs are asked about: usage rows of an API or application in a span of time.

Fields are named as in Gravitee's `request` index in Elasticsearch; the lab's rows keep them under
names of their own (see `journal.Call`).
"""

from dataclasses import dataclass

from intark_lab.manager import lucene
from intark_lab.manager.errors import bad_request
from intark_lab.manager.lucene import Condition, Field
from intark_lab.traffic import HOUR

METHODS = ("OTHER", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
"""In the order of the numbers that the index keeps for them."""

LAST_INSTANT = 253_402_300_799_999
"""The end of the year 9999, epoch ms."""
GATEWAY = "lab"
"""The one gateway's id."""

_METHOD = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(METHODS))
_CONTEXT = "coalesce((SELECT context_path FROM api WHERE api.id = traffic.api), '')"

FIELDS = {
    "@timestamp": Field("at", is_number=True),
    "status": Field("status", is_number=True),
    "response-time": Field("response_ms", is_number=True),
    "api-response-time": Field("(response_ms - proxy_ms)", is_number=True),
    "proxy-latency": Field("proxy_ms", is_number=True),
    "request-content-length": Field("request_length", is_number=True),
    "response-content-length": Field("response_length", is_number=True),
    "method": Field(f"CASE method {_METHOD} ELSE 0 END", is_number=True),
    "api": Field("api"),
    "application": Field("application"),
    "plan": Field("plan"),
    "subscription": Field("subscription"),
    "mapped-path": Field("mapped_path"),
    "path": Field(f"substr(path, 1 + length({_CONTEXT}))"),
    "uri": Field("iif(query = '', path, path || '?' || query)"),
    "host": Field("host"),
    "endpoint": Field("endpoint"),
    "gateway": Field(f"'{GATEWAY}'"),
    "remote-address": Field("remote"),
    "user-agent": Field("user_agent"),
    "error-key": Field("error_key"),
    "transaction": Field("transaction_id"),
    "_id": Field("request_id"),
}
"""`user`, `tenant` and `zone` have no values in the lab."""


@dataclass(frozen=True)
class Span:
    """Usage rows between two instants in lab ms, both included."""

    start: int
    end: int
    api: str | None = None
    application: str | None = None
    query: str = ""
    """In Lucene's language."""
    also: Condition | None = None
    """What the calls must meet besides."""

    @property
    def narrowed(self) -> bool:
        """Whether calls must be looked at one by one to know which are meant."""
        return bool(self.query.strip() or self.also)

    def where(self) -> Condition:
        """Raises 400 for a query that is none."""
        sql = ["at BETWEEN ? AND ? AND hour BETWEEN ? AND ?"]
        values = (self.start, self.end, self.start // HOUR, self.end // HOUR)
        for column in ("api", "application"):
            if (identity := getattr(self, column)) is not None:
                sql.append(f"{column} = ?")
                values += (identity,)
        if self.query.strip():
            asked = _asked(self.query)
            sql.append(asked.sql)
            values += asked.values
        if self.also:
            sql.append(self.also.sql)
            values += self.also.values
        return Condition(" AND ".join(sql), values)


def _asked(query: str) -> Condition:
    try:
        return lucene.condition(query, FIELDS)
    except lucene.SyntaxFault as error:
        raise bad_request(f"Unable to calculate analytics: {error}") from error
