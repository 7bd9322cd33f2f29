"""Why the self-service portal does not do something."""


class Refusal(Exception):
    """An HTTP status, and the name and fields of a message of the texts `brom`."""

    def __init__(self, status: int, message: str, **fields):
        super().__init__(fields.get("said", message))
        self.status, self.message, self.fields = status, message, fields


def no_such(noun: str, name: str) -> Refusal:
    """404 for an application, provider or access that is not there, or is somebody else's."""
    return Refusal(404, f"no-such.{noun}", name=name)
