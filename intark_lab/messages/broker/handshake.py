"""The beginning of a connection: who it is, what both can do, and which virtual host it opens."""

from pamqp import commands, frame

from intark_lab.messages.broker import wire
from intark_lab.messages.broker.faults import ConnectionFault, Fault
from intark_lab.messages.broker.message import headers

FRAME_MAX, FRAME_MIN = 131_072, 4096
CHANNEL_MAX = 2047
HEARTBEAT = 60
_CAPABILITIES = (
    "publisher_confirms",
    "exchange_exchange_bindings",
    "basic.nack",
    "connection.blocked",
    "direct_reply_to",
    "consumer_cancel_notify",
    "consumer_priorities",
    "authentication_failure_close",
    "per_consumer_qos",
)
_PROPERTIES = {
    "capabilities": dict.fromkeys(_CAPABILITIES, True),
    "product": "IntArk course lab",
    "version": "0.1.0",
    "platform": "Python",
    "information": "A small AMQP 0-9-1 broker for learning",
}
_SAME = "Login was refused using authentication mechanism"


class Handshake:
    """Protocol header, start, tune, open: one step after the other, each once."""

    PATIENCE = 10.0
    """Seconds that it may take."""

    def __init__(self, connection):
        self._connection = connection
        self._greeting = b""
        self._expected = (commands.Connection.StartOk, self._start)
        self._heartbeat = 0
        self.greeted = False

    def greet(self, data: bytes) -> bytes:
        """Take the protocol header; the bytes behind it."""
        self._greeting += data
        if not wire.GREETING.startswith(self._greeting[:8]):
            self._connection.end_with(wire.GREETING)
            return b""
        if len(self._greeting) < 8:
            return b""
        self.greeted = True
        start = commands.Connection.Start(0, 9, _PROPERTIES, "PLAIN AMQPLAIN", "en_US")
        self._connection.send(frame.marshal(start, 0))
        return self._greeting[8:]

    def step(self, method: commands.base.Frame) -> None:
        expected, take = self._expected
        if not isinstance(method, expected):
            raise ConnectionFault(503, f"expected {expected.name}, got {method.name}")
        take(method)

    def may_tell(self, fault: Fault) -> bool:
        """Old clients take connection.close before the connection is open as an error."""
        told = self._connection.capabilities.get("authentication_failure_close")
        return self.greeted and (fault.code != 403 or bool(told))

    def _start(self, method: commands.Connection.StartOk) -> None:
        properties = method.client_properties
        found = properties.get("capabilities") if isinstance(properties, dict) else None
        self._connection.capabilities = found if isinstance(found, dict) else {}
        name, password = credentials(method.mechanism, method.response)
        user, realm = self._connection.broker.log_in(name, password)
        if user is None:
            raise ConnectionFault(
                403, f"{_SAME} {method.mechanism}. For details see the broker logfile."
            )
        self._connection.user, self._connection.realm = user, realm
        tune = commands.Connection.Tune(CHANNEL_MAX, FRAME_MAX, HEARTBEAT)
        self._connection.send(frame.marshal(tune, 0))
        self._expected = (commands.Connection.TuneOk, self._tune)

    def _tune(self, method: commands.Connection.TuneOk) -> None:
        _within("frame_max", method.frame_max, FRAME_MIN, FRAME_MAX)
        _within("channel_max", method.channel_max, 1, CHANNEL_MAX)
        self._connection.frame_max = method.frame_max
        self._connection.channel_max = method.channel_max
        self._heartbeat = method.heartbeat
        self._expected = (commands.Connection.Open, self._open)

    def _open(self, method: commands.Connection.Open) -> None:
        user, realm = self._connection.user, self._connection.realm
        vhost = realm.vhosts.get(method.virtual_host)
        if vhost is None:
            raise ConnectionFault(530, f"vhost {method.virtual_host} not found")
        if vhost.name not in user.permissions:
            raise ConnectionFault(
                530, f"access to vhost '{vhost.name}' refused for user '{user.name}'"
            )
        self._connection.vhost = vhost
        self._connection.opened(self._heartbeat)
        self._connection.send(frame.marshal(commands.Connection.OpenOk(), 0))


def credentials(mechanism: str, response: str | bytes) -> tuple[str, bytes]:
    """User and password of a SASL answer. Raises ConnectionFault."""
    raw = response.encode() if isinstance(response, str) else bytes(response)
    if mechanism == "PLAIN":
        parts = raw.split(b"\x00")
        if len(parts) == 3:
            return parts[1].decode(errors="replace"), parts[2]
    elif mechanism == "AMQPLAIN":
        table = headers(len(raw).to_bytes(4, "big") + raw)
        login, password = table.get("LOGIN"), table.get("PASSWORD")
        if isinstance(login, str) and isinstance(password, str):
            return login, password.encode()
    else:
        raise ConnectionFault(504, f"unknown authentication mechanism '{mechanism}'")
    raise ConnectionFault(502, f"invalid {mechanism} response")


def _within(name: str, value: int, least: int, most: int) -> None:
    if value and value < least:
        text = f"is lower than the minimum allowed value ({least})"
    elif not value or value > most:
        text = f"is higher than the maximum allowed value ({most})"
    else:
        return
    raise ConnectionFault(530, f"negotiated {name} = {value} {text}")
