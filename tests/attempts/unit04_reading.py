"""Task 4.1, read three formats as one."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pandas as pd
from cloudevents.core.bindings.amqp import AMQPMessage, from_structured_event

from attempts import Attempt
from attempts.unit02_client import itself

SCIM = "urn:ietf:params:event:SCIM:"
PLACES = {
    "personer": "/fs/studenter/v1",
    "emnepameldinger": "/fs/studenter/v1",
    "emner": "/fs/emner/v1",
    "undervisningsaktiviteter": "/fs/emner/v1",
    "aktiviteter": "/tp/timeplan/v1",
}


def address(sub):
    return f"{os.environ['INTARK_GATEWAY_URL']}{PLACES[sub.partition('/')[0]]}/{sub}"


def by_members(method, properties, body):
    said = json.loads(body)
    if "specversion" in said:
        operation = said["type"].split(".")[-1]
        time = datetime.fromisoformat(said["time"])
        return {"id": said["id"], "operation": operation, "url": said["subject"], "time": time}
    if "eventUris" in said:
        word = said["eventUris"][0].removeprefix(SCIM)
        operation = "update" if word == "modify" else word
        time = datetime.fromtimestamp(said["iat"], UTC)
        return {"id": said["jti"], "operation": operation, "url": said["sub"], "time": time}
    time = datetime.fromtimestamp(int(said["iat"]) / 1000, UTC)
    url = address(said["sub"])
    return {"id": said["jti"], "operation": said["operation"], "url": url, "time": time}


def by_sdk(method, properties, body):
    if properties.content_type != "application/cloudevents+json":
        return by_members(method, properties, body)
    event = from_structured_event(AMQPMessage({"content-type": properties.content_type}, {}, body))
    operation = event.get_type().rpartition(".")[2]
    url, time = event.get_subject(), event.get_time()
    return {"id": event.get_id(), "operation": operation, "url": url, "time": time}


def by_routing_key(method, properties, body):
    """The key says who tells it and what; pandas reads the times."""
    said = json.loads(body)
    operation = method.routing_key.split(".")[-1].replace("modify", "update")
    if ".rombooking." in method.routing_key:
        url, time = said["subject"], pd.Timestamp(said["time"])
    elif ".dfo." in method.routing_key:
        url, time = said["sub"], pd.to_datetime(said["iat"], unit="s", utc=True)
    else:
        url, time = address(said["sub"]), pd.to_datetime(int(said["iat"]), unit="ms", utc=True)
    more = {"routing_key": method.routing_key}
    about = {"id": properties.message_id, "operation": operation}
    return {**about, "url": url, "time": time, **more}


def changed(**fields):
    """The right answer with something else in some of its members."""

    def parse(method, properties, body):
        answer = by_members(method, properties, body)
        return answer | {name: change(answer, body) for name, change in fields.items()}

    return parse


def first_format_alone(method, properties, body):
    said = json.loads(body)
    return {"id": said["id"], "operation": "update", "url": said["subject"], "time": said["time"]}


def forgets_return(method, properties, body):
    by_members(method, properties, body)


def as_tuple(method, properties, body):
    return tuple(by_members(method, properties, body).values())


def without_time(method, properties, body):
    answer = by_members(method, properties, body)
    del answer["time"]
    return answer


def stub(method, properties, body): ...


def two_arguments(properties, body):
    return by_members(None, properties, body)


def sub_as_url(answer, body):
    said = json.loads(body)
    return said.get("subject", said.get("sub"))


def path_alone(answer, body):
    return answer["url"].removeprefix(os.environ["INTARK_GATEWAY_URL"])


def always_fs_emner(answer, body):
    said = json.loads(body)
    return f"{os.environ['INTARK_GATEWAY_URL']}/fs/emner/v1/{said.get('sub', 'rom')}"


def scim_word(answer, body):
    said = json.loads(body)
    return said["eventUris"][0].removeprefix(SCIM) if "eventUris" in said else answer["operation"]


def own_id(answer, body):
    return answer["url"]


def no_zone(answer, body):
    return answer["time"].replace(tzinfo=None)


def milliseconds_as_seconds(answer, body):
    return answer["time"] - (answer["time"] - datetime.fromtimestamp(0, UTC)) * 0.999


def hour_off(answer, body):
    return answer["time"].replace(hour=(answer["time"].hour + 2) % 24)


def seconds(answer, body):
    return answer["time"].timestamp()


def as_address(answer, body):
    return httpx.URL(answer["url"])


def local_time(answer, body):
    return answer["time"].astimezone(ZoneInfo("Europe/Oslo"))


def as_text(answer, body):
    return answer["time"].isoformat()


def as_object(method, properties, body):
    return Notification(**by_members(method, properties, body))


@dataclass
class Notification:
    id: str
    operation: str
    url: str
    time: datetime


RIGHT = "what when"
ATTEMPTS = [
    Attempt("4.1", itself(by_members), 2, "right", RIGHT),
    Attempt("4.1", itself(by_sdk), 2, "right", RIGHT),
    Attempt("4.1", itself(by_routing_key), 2, "right", RIGHT),
    Attempt("4.1", itself(changed(url=as_address, time=local_time)), 2, "right", RIGHT),
    Attempt("4.1", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("4.1", itself(two_arguments), 0, "wrong", "tasks.misfit.signature"),
    Attempt("4.1", itself(first_format_alone), 0, "raised", "raised no-time"),
    Attempt("4.1", itself(forgets_return), 0, "wrong", "nothing no-time"),
    Attempt("4.1", itself(as_tuple), 0, "wrong", "other-type no-time"),
    Attempt("4.1", itself(without_time), 0, "wrong", "lacking no-time"),
    Attempt("4.1", itself(changed(url=sub_as_url)), 1, "wrong", "no-place when"),
    Attempt("4.1", itself(changed(url=path_alone)), 1, "wrong", "no-gateway when"),
    Attempt("4.1", itself(changed(url=always_fs_emner)), 1, "wrong", "url when"),
    Attempt("4.1", itself(changed(operation=scim_word)), 1, "wrong", "operation when"),
    Attempt("4.1", itself(changed(id=own_id)), 1, "wrong", "id when"),
    Attempt("4.1", itself(changed(time=no_zone)), 1, "wrong", "what naive"),
    Attempt("4.1", itself(changed(time=milliseconds_as_seconds)), 1, "wrong", "what scale"),
    Attempt("4.1", itself(changed(time=hour_off)), 1, "wrong", "what time"),
    Attempt("4.1", itself(changed(time=seconds)), 1, "wrong", "what no-instant"),
    Attempt("4.1", itself(changed(time=as_text)), 1, "wrong", "what no-instant"),
    Attempt("4.1", itself(as_object), 0, "wrong", "tasks.not-data"),
]
