"""One client's connection: bytes and frames, channels, heartbeats, and how it ends."""

import asyncio
import logging

from pamqp import commands, frame

from intark_lab.messages.broker import wire
from intark_lab.messages.broker.channel import Channel
from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault, Fault
from intark_lab.messages.broker.handshake import CHANNEL_MAX, FRAME_MAX, Handshake
from intark_lab.messages.broker.heartbeat import Heartbeat
from intark_lab.messages.broker.message import Content
from intark_lab.messages.broker.methods import read_method
from intark_lab.messages.broker.outbox import CHOKED, FULL, Outbox

_log = logging.getLogger(__name__)
FAREWELL = 5.0
"""Seconds that a client may take to answer connection.close."""


class Connection(asyncio.Protocol):
    """A client. `broker` is told of its coming and going, and when it has something to send."""

    def __init__(self, broker):
        self.broker = broker
        self.user = self.realm = self.vhost = None
        self.capabilities: dict = {}
        self.channels: dict[int, Channel] = {}
        self.frame_max, self.channel_max = FRAME_MAX, CHANNEL_MAX
        self.transport: asyncio.Transport | None = None
        self.heard = True
        """Whether what it sends is read."""
        self._splitter = wire.Splitter(FRAME_MAX)
        self._handshake: Handshake | None = Handshake(self)
        self._outbox = Outbox(self)
        self.send, self.confirm = self._outbox.send, self._outbox.confirm
        self.congested = self._outbox.congested
        self._ending = self._closing = False
        self._limit: asyncio.TimerHandle | None = None
        self._heartbeat = Heartbeat(self)

    # asyncio's side

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        transport.set_write_buffer_limits(high=FULL)
        if self.broker.arrived(self):
            self._limit_time(self._handshake.PATIENCE)
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._heartbeat.heard()
        try:
            if self._handshake is not None and not self._handshake.greeted:
                data = self._handshake.greet(data)
            for kind, channel, payload in self._splitter.split(data):
                self._frame(kind, channel, payload)
            if self._splitter.fault:
                raise ConnectionFault(501, self._splitter.fault)
        except ConnectionFault as fault:
            self.fail(fault)
        except Exception:
            _log.debug("a frame was not understood", exc_info=True)
            self.fail(ConnectionFault(541, "the broker could not do it"))

    def pause_writing(self) -> None:
        self._outbox.pause()

    def resume_writing(self) -> None:
        if self.heard:
            self.transport.resume_reading()
        self._outbox.resume()

    def hear(self, whether: bool) -> None:
        """Read what it sends, or leave it waiting."""
        self.heard = whether
        if not self.transport.is_closing():
            self.transport.resume_reading() if whether else self.transport.pause_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._heartbeat.stop()
        if self._limit is not None:
            self._limit.cancel()
        self._leave()
        self.broker.gone(self)

    # what the client sends

    def _frame(self, kind: int, number: int, payload: bytes) -> None:
        if kind == wire.HEARTBEAT and number == 0:
            return
        if kind not in (wire.METHOD, wire.HEADER, wire.BODY):
            said = f"type {kind}, all octets = {wire.erlang(payload[:100])}"
            if kind == wire.HEARTBEAT:
                raise ConnectionFault(505, said)
            raise ConnectionFault(501, f"{said}: unknown_frame")
        if number == 0:
            self._control(kind, payload)
        elif not self._closing and not self._ending:
            self._channel(kind, number, payload)

    def _control(self, kind: int, payload: bytes) -> None:
        if kind != wire.METHOD:
            raise ConnectionFault(505, "content on channel 0")
        method = read_method(payload)
        if isinstance(method, commands.Connection.CloseOk) and self._closing:
            self._end()
        elif self._closing or self._ending:
            if isinstance(method, commands.Connection.Close):
                self._end(commands.Connection.CloseOk())
        elif isinstance(method, commands.Connection.Close):
            self._leave()
            self._end(commands.Connection.CloseOk())
        elif self._handshake is not None:
            self._shake_hands(method)
        elif isinstance(method, commands.Connection.UpdateSecret):
            self.send(frame.marshal(commands.Connection.UpdateSecretOk(), 0))
        else:
            said = "unexpected method in connection state running"
            self.fail(ConnectionFault(504, said), divmod(method.index, 1 << 16))

    def _shake_hands(self, method: commands.base.Frame) -> None:
        try:
            self._handshake.step(method)
        except ConnectionFault as fault:
            self.fail(fault, divmod(method.index, 1 << 16))

    def _channel(self, kind: int, number: int, payload: bytes) -> None:
        if self.vhost is None:
            raise ConnectionFault(504, "the connection is not open yet")
        channel = self.channels.get(number)
        if channel is None:
            self._open(number, kind, payload)
            return
        try:
            channel.frame(kind, payload)
        except ChannelFault as fault:
            channel.fail(fault)
        except ConnectionFault as fault:
            self.fail(fault, channel.method)

    def _open(self, number: int, kind: int, payload: bytes) -> None:
        method = read_method(payload) if kind == wire.METHOD else None
        if not isinstance(method, commands.Channel.Open):
            blamed = (0, 0) if method is None else divmod(method.index, 1 << 16)
            self.fail(ConnectionFault(504, "expected 'channel.open'"), blamed)
            return
        count = len(self.channels)
        if count >= self.channel_max:
            text = f"number of channels opened ({count}) has reached the negotiated channel_max"
            raise ConnectionFault(530, f"{text} ({self.channel_max})")
        self.channels[number] = Channel(self, number)
        self.send(wire.frame(wire.METHOD, number, wire.OPEN_OK))

    # what the client is sent

    def tell(self, what: str, queue: str | None, content: Content) -> None:
        """Tell the lab what this client did with a message."""
        self.realm.tell(what, self.vhost, self.user.name, queue, content)

    def flush(self) -> None:
        """The turn ends: let go out what is to."""
        data = self._outbox.flush()
        if data and not self.transport.is_closing():
            self._heartbeat.spoke()
            self.transport.write(data)
            if self.transport.get_write_buffer_size() > CHOKED:
                self.transport.pause_reading()
        if self._ending:
            self.transport.close()

    # its beginning and end

    def opened(self, heartbeat: int) -> None:
        """The handshake is over."""
        self._handshake = None
        self._limit.cancel()
        self._splitter.frame_max = self.frame_max
        self.realm.connections.add(self)
        if heartbeat:
            self._heartbeat.start(heartbeat)

    def fail(self, fault: Fault, method: tuple[int, int] = (0, 0)) -> None:
        """End it for what its client did."""
        if self._closing or self._ending:
            return
        self._leave()
        if self._handshake is not None and not self._handshake.may_tell(fault):
            self._end()
            return
        self._closing = True
        close = commands.Connection.Close(fault.code, fault.short_text, *method)
        self.send(frame.marshal(close, 0))
        self._limit_time(FAREWELL)

    def break_off(self, fault: Fault) -> None:
        """End it without what it was to be told at the end of this turn."""
        self._outbox.drop()
        self.fail(fault)

    def force_out(self, why: str) -> None:
        self.fail(ConnectionFault(320, why))

    def _end(self, farewell: commands.Connection.CloseOk | None = None) -> None:
        self._ending = True
        self.send(b"" if farewell is None else frame.marshal(farewell, 0))

    def end_with(self, data: bytes) -> None:
        """Say one last thing, and hang up."""
        self._ending = True
        self.send(data)

    def _leave(self) -> None:
        """Give back what it held."""
        channels, self.channels = self.channels, {}
        for channel in channels.values():
            channel.delivering.stop()
        for channel in channels.values():
            channel.delivering.held.give_back()
        if self.vhost is not None:
            for queue in [one for one in self.vhost.queues.values() if one.owner is self]:
                self.vhost.remove_queue(queue)
            self.realm.connections.discard(self)

    def _limit_time(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._limit = loop.call_later(seconds, self.transport.abort)
