"""Notifications (tynne meldinger) in the three forms in use: that something happened, and where.

Sources: "Notifikasjoner" in docs/datadeling/teknisk-plattform/rabbitmq.md and
docs/datadeling/god-praksis/notifikasjonsdesign.md (sikt-no/docs); CloudEvents 1.0.2; the draft
draft-hunt-idevent-scim-00.
"""

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

import orjson

from intark_lab.catalogue import load_catalogue
from intark_lab.events import Notice
from intark_lab.messages.brom.providers import load_providers

JSON = "application/json"
_SCIM = "urn:ietf:params:event:SCIM:"
_SCIM_WORDS = {"create": "create", "update": "modify", "delete": "delete"}


class Told(NamedTuple):
    """A notice, and who tells it when."""

    notice: Notice
    id: str
    at: int
    """Lab ms of the change, which is what the notification says."""
    institution: str
    """Its short name: `nordvik`."""
    gateway_url: str

    @property
    def url(self) -> str:
        """Where the record is fetched, through the gateway."""
        return self.gateway_url + _context_path(self.notice.source) + "/" + self.path

    @property
    def path(self) -> str:
        return f"{self.notice.collection}/{quote(str(self.notice.id), safe='')}"

    @property
    def publisher(self) -> str:
        return f"https://{self.notice.system}-{self.institution}.intark.example"


class Message(NamedTuple):
    id: str
    routing_key: str
    content_type: str
    body: bytes


def write(told: Told) -> Message:
    """The notification in its provider's form."""
    form = load_providers()[told.notice.system].notifications["format"]
    return _FORMS[form](told)


def cloud_event(told: Told) -> Message:
    """CloudEvents 1.0 in structured mode."""
    notice = told.notice
    system, collection, operation = notice.system, notice.collection, notice.operation
    event = {
        "specversion": "1.0",
        "type": f"no.{told.institution}.{system}.{collection}.{operation}",
        "source": told.publisher,
        "subject": told.url,
        "id": told.id,
        "time": _instant(told.at),
        "datacontenttype": JSON,
        "data": {"attributes": list(told.notice.attributes)},
    }
    key = f"no.{told.institution}.{system}.event.{collection}.{operation}"
    return Message(told.id, key, "application/cloudevents+json", orjson.dumps(event))


def scim_event(told: Told) -> Message:
    """The form after the draft for SCIM events, with as little in it as may be."""
    operation = _SCIM_WORDS[told.notice.operation]
    event = {
        "jti": told.id,
        "eventUris": [_SCIM + operation],
        "iat": told.at // 1000,
        "iss": told.publisher,
        "aud": [told.institution],
        "sub": told.url,
        _SCIM + operation: {"attributes": list(told.notice.attributes)},
    }
    notice = told.notice
    key = f"no.{told.institution}.{notice.system}.event.{notice.collection}.{operation}"
    return Message(told.id, key, JSON, orjson.dumps(event))


def student_system(told: Told) -> Message:
    """The student system's form, made after JWT claims; the timetable has it too."""
    notice, issuer = told.notice, f"{told.notice.system.upper()}-prod"
    claims = {
        "sub": told.path,
        "iss": issuer,
        "iat": str(told.at),
        "operation": notice.operation,
        "jti": told.id,
    }
    if notice.collection == "personer":
        claims["person_id"] = str(notice.id)
    place = f"no.{told.institution}.{notice.system}.{issuer}"
    key = f"{place}.{notice.collection}.{notice.operation}"
    return Message(told.id, key, JSON, orjson.dumps(claims))


_FORMS = {"cloudevents": cloud_event, "scim": scim_event, "student-system": student_system}


def _context_path(source: str) -> str:
    return next(api.context_path for api in load_catalogue() if api.source == source)


def _instant(ms: int) -> str:
    instant = datetime.fromtimestamp(ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
