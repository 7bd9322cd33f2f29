"""The broker of one process: one port, the labs behind it, and the rhythm of its answers."""

import asyncio
import sqlite3

from intark_lab.messages.broker.alarm import Alarm
from intark_lab.messages.broker.connection import Connection
from intark_lab.messages.broker.faults import ConnectionFault
from intark_lab.messages.broker.realm import Realm
from intark_lab.messages.broker.users import NOBODY, User

MOST_CONNECTIONS = 1000


class Broker:
    """Many labs share it: a user's name says which lab is meant, so names are each one lab's own.

    What clients are sent goes out at the end of a turn of the event loop, after the commit of
    what that turn was to keep.
    """

    def __init__(self):
        self.realms: list[Realm] = []
        self._connections: set[Connection] = set()
        self._speaking: set[Connection] = set()
        self.alarm = Alarm(self._octets)

    @property
    def connected(self) -> bool:
        return bool(self._connections)

    def realm_of_vhost(self, name: str) -> Realm | None:
        return next((realm for realm in self.realms if name in realm.vhosts), None)

    def realm_of_user(self, name: str) -> Realm | None:
        return next((realm for realm in self.realms if name in realm.users), None)

    def log_in(self, name: str, password: bytes) -> tuple[User, Realm] | tuple[None, None]:
        """The user and the lab, or nothing for a wrong name or password."""
        realm = self.realm_of_user(name)
        user = realm.users[name] if realm else NOBODY
        return (user, realm) if user.knows(password) and realm else (None, None)

    def connection(self) -> Connection:
        """For asyncio, which asks for one when a client comes."""
        return Connection(self)

    def remove(self, realm: Realm) -> None:
        """A lab ends: its connections do, and what is in its file stays."""
        self.realms.remove(realm)
        realm.disconnect(lambda connection: True, "the lab ends")
        realm.commit()

    def close(self) -> None:
        for connection in list(self._connections):
            connection.force_out("the broker ends")
        self._end_turn()

    # what connections tell

    def arrived(self, connection: Connection) -> bool:
        """False: there are too many."""
        self._connections.add(connection)
        return len(self._connections) <= MOST_CONNECTIONS

    def gone(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self.alarm.gone(connection)
        self._speaking.discard(connection)

    def speaks(self, connection: Connection) -> None:
        """It has something to send."""
        if not self._speaking:
            asyncio.get_running_loop().call_soon(self._end_turn)
        self._speaking.add(connection)

    def _end_turn(self) -> None:
        speaking, self._speaking = self._speaking, set()
        for realm in {connection.realm for connection in speaking} - {None}:
            try:
                realm.commit()
            except sqlite3.Error:
                self._break_off(realm)
        for connection in speaking:
            connection.flush()

    def _octets(self) -> int:
        vhosts = (vhost for realm in self.realms for vhost in realm.vhosts.values())
        return sum(queue.backlog.octets for vhost in vhosts for queue in vhost.queues.values())

    def _break_off(self, realm: Realm) -> None:
        """What should have been kept is not: nobody may hear that it is."""
        for connection in list(realm.connections):
            connection.break_off(ConnectionFault(541, "the lab's state cannot be written"))
