"""Durable exchanges, queues and bindings, users and permissions: their rows in the lab's store."""

from pamqp import decode, encode

from intark_lab.messages.broker.exchange import Binding, Destination, Exchange
from intark_lab.messages.broker.users import Permission, TopicPermission, User
from intark_lab.store import Store


class Definitions:
    """Rows in and out. A lab in memory keeps none."""

    def __init__(self, store: Store):
        self._store = store

    def keep(self, table: str, **columns) -> None:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._later(f"INSERT OR REPLACE INTO {table}({names}) VALUES ({marks})", columns)

    def drop(self, table: str, **columns) -> None:
        wanted = " AND ".join(f"{name} = ?" for name in columns) or "true"
        self._later(f"DELETE FROM {table} WHERE {wanted}", columns)

    def _later(self, sql: str, columns: dict) -> None:
        """In the commit of this turn, as messages are: nobody else needs to know of it."""
        if self._store.lasting:
            self._store.enlist(lambda connection: connection.execute(sql, (*columns.values(),)))

    def keep_exchange(self, vhost: str, exchange: Exchange) -> None:
        self.keep(
            "amqp_exchange",
            vhost=vhost,
            name=exchange.name,
            kind=exchange.kind,
            auto_delete=exchange.auto_delete,
            internal=exchange.internal,
            arguments=pack(exchange.arguments),
        )

    def drop_exchange(self, vhost: str, name: str) -> None:
        self.drop("amqp_exchange", vhost=vhost, name=name)

    def keep_queue(
        self, number: int, vhost: str, name: str, auto_delete: bool, arguments: dict
    ) -> None:
        self.keep(
            "amqp_queue",
            id=number,
            vhost=vhost,
            name=name,
            auto_delete=auto_delete,
            arguments=pack(arguments),
        )

    def free_number(self) -> int:
        """A number that no queue in the store has."""
        return (self._store.one("SELECT max(id) FROM amqp_queue")[0] or 0) + 1

    def drop_queue(self, vhost: str, name: str) -> None:
        self.drop("amqp_queue", vhost=vhost, name=name)

    def keep_binding(self, vhost: str, exchange: str, binding: Binding) -> None:
        self.keep("amqp_binding", **_binding_columns(vhost, exchange, binding))

    def drop_binding(self, vhost: str, exchange: str, binding: Binding) -> None:
        self.drop("amqp_binding", **_binding_columns(vhost, exchange, binding))

    def exchanges(self, vhost: str) -> list[Exchange]:
        return [
            Exchange(
                row["name"],
                row["kind"],
                True,
                bool(row["auto_delete"]),
                bool(row["internal"]),
                unpack(row["arguments"]),
            )
            for row in self._of(vhost, "amqp_exchange")
        ]

    def queues(self, vhost: str) -> list[tuple[int, str, bool, dict]]:
        """Number, name, auto-delete, arguments."""
        return [
            (row["id"], row["name"], bool(row["auto_delete"]), unpack(row["arguments"]))
            for row in self._of(vhost, "amqp_queue")
        ]

    def bindings(self, vhost: str) -> list[tuple[str, Binding]]:
        return [
            (
                row["exchange"],
                Binding(
                    Destination(row["kind"], row["destination"]),
                    row["routing_key"],
                    row["arguments"],
                ),
            )
            for row in self._of(vhost, "amqp_binding")
        ]

    def vhosts(self) -> list[str]:
        return [row["name"] for row in self._store.all("SELECT name FROM amqp_vhost")]

    def users(self) -> list[User]:
        found = {
            row["name"]: User(row["name"], row["salt"], row["digest"])
            for row in self._store.all("SELECT * FROM amqp_user")
        }
        for row in self._store.all("SELECT * FROM amqp_permission"):
            granted = Permission(row["configure"], row["write"], row["read"])
            found[row["user"]].permissions[row["vhost"]] = granted
        for row in self._store.all("SELECT * FROM amqp_topic_permission"):
            place = (row["vhost"], row["exchange"])
            found[row["user"]].topics[place] = TopicPermission(row["write"], row["read"])
        return list(found.values())

    def _of(self, vhost: str, table: str):
        return self._store.all(f"SELECT * FROM {table} WHERE vhost = ?", vhost)


def pack(arguments: dict) -> bytes:
    """A field table as bytes: the same table always gives the same."""
    return encode.field_table(arguments)


def unpack(packed: bytes) -> dict:
    return decode.field_table(packed)[1]


def _binding_columns(vhost: str, exchange: str, binding: Binding) -> dict:
    return {
        "vhost": vhost,
        "exchange": exchange,
        "kind": binding.destination.kind,
        "destination": binding.destination.name,
        "routing_key": binding.routing_key,
        "arguments": binding.packed,
    }
