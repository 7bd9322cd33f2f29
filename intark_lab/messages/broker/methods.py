"""Methods as pamqp reads them."""

from pamqp import commands

from intark_lab.messages.broker import wire
from intark_lab.messages.broker.faults import ConnectionFault


def read_method(payload: bytes) -> commands.base.Frame:
    """Raises ConnectionFault for what is no method of AMQP."""
    try:
        method = commands.INDEX_MAPPING[int.from_bytes(payload[:4], "big")]()
    except KeyError:
        raise ConnectionFault(503, f"unknown method {payload[:4].hex()}") from None
    try:
        method.unmarshal(payload[4:])
    except Exception as error:  # pamqp raises what its struct calls raise
        said = f"cannot decode {wire.erlang(payload[4:][:100])}"
        raise ConnectionFault(501, said) from error
    return method
