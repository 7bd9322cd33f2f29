"""JSON to JSON: take fields out of an answer, with a JOLT specification."""

import json

import orjson

from intark_lab.gateway.call import Call
from intark_lab.gateway.errors import Refused
from intark_lab.gateway.exchange import Answer


class JsonToJson:
    """The policy `json-to-json` on responses. Answers that are not JSON pass as they are."""

    def __init__(self, configuration: dict):
        specification = configuration["specification"]
        self._specification = (
            json.loads(specification) if isinstance(specification, str) else specification
        )
        self._chain = None

    def response(self, call: Call, answer: Answer) -> Answer:
        """Transform a JSON body. Raises Refused (500) where the specification fails on it."""
        kind = dict(answer.headers).get(b"content-type", b"")
        if b"json" not in kind or not answer.body:
            return answer
        try:
            body = orjson.dumps(self._apply(orjson.loads(answer.body)))
        except Exception as error:
            raise Refused(500, "Unable to apply JOLT transformation", "JOLT_FAILED") from error
        headers = [(n, v) for n, v in answer.headers if n.lower() != b"content-length"]
        return Answer(answer.status, headers, body)

    def _apply(self, content):
        if self._chain is None:
            from pyjolt import Chainr  # only APIs with such a policy pay for it

            self._chain = Chainr.from_spec(self._specification)
        return self._chain.apply(content)
