"""One channel: what its client asks, one thing after the other."""

from pamqp import commands, frame

from intark_lab.messages.broker import declaring, wire
from intark_lab.messages.broker.delivering import Deliveries
from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault, Fault
from intark_lab.messages.broker.held import Held
from intark_lab.messages.broker.methods import read_method
from intark_lab.messages.broker.publishing import Publishing

_CLOSE_OK = 0x00140029
NONE = (0, 0)
"""Where no method is to blame."""


class Channel:
    """A channel of a connection. Its publishing and its deliveries are worlds of their own."""

    def __init__(self, connection, number: int):
        self.connection, self.number = connection, number
        self.last_queue = ""
        """The queue declared last: what an empty name means."""
        self.publishing = Publishing(self)
        self.delivering = Deliveries(self)
        self._closing = False
        self.method = NONE
        """Class and number of the method that is being done."""

    @property
    def vhost(self):
        return self.connection.vhost

    @property
    def user(self):
        return self.connection.user

    def queue(self, name: str):
        """A queue by its name, or the one declared last. Raises ChannelFault."""
        return self.vhost.queue(self.queue_name(name), self.connection)

    def queue_name(self, name: str) -> str:
        """The name, or that of the queue declared last. Raises ChannelFault."""
        if not (name or self.last_queue):
            raise ChannelFault(404, "no previously declared queue")
        return name or self.last_queue

    def frame(self, kind: int, payload: bytes) -> None:
        """Take a frame. Raises ChannelFault and ConnectionFault."""
        if self._closing:
            self._await_close_ok(kind, payload)
        elif kind != wire.METHOD:
            if not self.publishing.expects_content:
                self.method = NONE
            self.publishing.content(kind, payload)
        elif self.publishing.expects_content:
            raise self.publishing.interrupted()
        else:
            index = int.from_bytes(payload[:4], "big")
            self.method = divmod(index, 1 << 16)
            if index == wire.PUBLISH:
                self.publishing.begin(payload)
            elif index == wire.ACK:
                self.delivering.held.acknowledge(*wire.read_ack(payload))
            else:
                self._call(payload)

    def _call(self, payload: bytes) -> None:
        method = read_method(payload)
        action = _ACTIONS.get(type(method))
        if action is None:
            raise ConnectionFault(503, "unimplemented method")
        reply = action(self, method)
        if reply is not None and not getattr(method, "nowait", False):
            self.send(reply)

    def send(self, method: commands.base.Frame | bytes) -> None:
        """Send a method, in pamqp's form or as the bytes of one."""
        if isinstance(method, bytes):
            self.connection.send(wire.frame(wire.METHOD, self.number, method))
        else:
            self.connection.send(frame.marshal(method, self.number))

    def fail(self, fault: Fault) -> None:
        """End the channel for what its client did."""
        self._closing = True
        self._give_up()
        self.connection.send(self.publishing.confirms())
        self.send(commands.Channel.Close(fault.code, fault.short_text, *self.method))

    def close(self) -> None:
        del self.connection.channels[self.number]
        self._give_up()
        self.connection.send(self.publishing.confirms())
        self.connection.send(frame.marshal(commands.Channel.CloseOk(), self.number))

    def _give_up(self) -> None:
        """What is held goes back."""
        self.delivering.stop()
        self.delivering.held.give_back()

    def _await_close_ok(self, kind: int, payload: bytes) -> None:
        if kind != wire.METHOD:
            return
        index = int.from_bytes(payload[:4], "big")
        if index == _CLOSE_OK:
            del self.connection.channels[self.number]
        elif index == commands.Channel.Close.index:
            self.connection.send(frame.marshal(commands.Channel.CloseOk(), self.number))


def _open_again(channel: Channel, method: commands.base.Frame):
    raise ConnectionFault(504, "second 'channel.open' seen")


def _close(channel: Channel, method: commands.Channel.Close) -> None:
    channel.close()


def _flow(channel: Channel, method: commands.Channel.Flow):
    if not method.active:
        raise ConnectionFault(540, "active=false")
    return commands.Channel.FlowOk(True)


def _confirm(channel: Channel, method: commands.Confirm.Select):
    if channel.publishing.transaction is not None:
        raise ChannelFault(406, "cannot switch from tx to confirm mode")
    channel.publishing.confirming = True
    return commands.Confirm.SelectOk()


def _tx_select(channel: Channel, method: commands.Tx.Select):
    if channel.publishing.confirming:
        raise ChannelFault(406, "cannot switch from confirm to tx mode")
    channel.publishing.transaction = channel.publishing.transaction or []
    channel.delivering.held.transaction = channel.delivering.held.transaction or []
    return commands.Tx.SelectOk()


def _tx_commit(channel: Channel, method: commands.Tx.Commit):
    _within_transaction(channel)
    channel.publishing.commit()
    channel.delivering.held.commit()
    return commands.Tx.CommitOk()


def _tx_rollback(channel: Channel, method: commands.Tx.Rollback):
    _within_transaction(channel)
    channel.publishing.transaction = []
    channel.delivering.held.rollback()
    return commands.Tx.RollbackOk()


def _within_transaction(channel: Channel) -> None:
    if channel.publishing.transaction is None:
        raise ChannelFault(406, "channel is not transactional")


_ACTIONS = {
    commands.Channel.Open: _open_again,
    commands.Channel.Close: _close,
    commands.Channel.Flow: _flow,
    commands.Channel.FlowOk: lambda channel, method: None,
    commands.Confirm.Select: _confirm,
    commands.Tx.Select: _tx_select,
    commands.Tx.Commit: _tx_commit,
    commands.Tx.Rollback: _tx_rollback,
    **declaring.ACTIONS,
    **Deliveries.ACTIONS,
    **Held.ACTIONS,
}
