"""What a peer did wrong, with the reply code and text that AMQP and RabbitMQ give it."""

_NAMES = {
    311: "CONTENT_TOO_LARGE",
    312: "NO_ROUTE",
    320: "CONNECTION_FORCED",
    402: "INVALID_PATH",
    403: "ACCESS_REFUSED",
    404: "NOT_FOUND",
    405: "RESOURCE_LOCKED",
    406: "PRECONDITION_FAILED",
    501: "FRAME_ERROR",
    502: "SYNTAX_ERROR",
    503: "COMMAND_INVALID",
    504: "CHANNEL_ERROR",
    505: "UNEXPECTED_FRAME",
    506: "RESOURCE_ERROR",
    530: "NOT_ALLOWED",
    540: "NOT_IMPLEMENTED",
    541: "INTERNAL_ERROR",
}


class Fault(Exception):
    """Ends the channel, or with `hard` the connection. `reply` is (code, text)."""

    hard = False

    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code = code
        self.text = f"{_NAMES[code]} - {text}"

    @property
    def short_text(self) -> str:
        """The text within the 255 octets that a short string holds."""
        return self.text.encode()[:255].decode(errors="ignore")


class ChannelFault(Fault):
    pass


class ConnectionFault(Fault):
    hard = True


def not_found(kind: str, name: str, vhost: str) -> ChannelFault:
    return ChannelFault(404, f"no {kind} '{name}' in vhost '{vhost}'")


def refused(kind: str, name: str, vhost: str, user: str) -> ChannelFault:
    return ChannelFault(
        403, f"access to {kind} '{name}' in vhost '{vhost}' refused for user '{user}'"
    )


def locked(queue: str, vhost: str) -> ChannelFault:
    return ChannelFault(
        405,
        f"cannot obtain exclusive access to locked queue '{queue}' in vhost '{vhost}'. "
        "It could be originally declared on another connection or the exclusive property value "
        "does not match that of the original declaration.",
    )
