"""What an older state file has in another form: its usage rows, each with all columns of a call."""

import sqlite3

from intark_lab.arrivals import Arrivals
from intark_lab.journal import Call
from intark_lab.traffic import COUNT_EACH


def set_aside(connection: sqlite3.Connection) -> bool:
    """Whether the state's usage rows are of the older form. Then it lets go of their names."""
    kind = connection.execute("SELECT type FROM sqlite_master WHERE name = 'usage'").fetchone()
    if kind != ("table",):
        return False
    connection.execute("ALTER TABLE usage RENAME TO older_usage")
    return True


def carry_over(connection: sqlite3.Connection) -> None:
    """Write the calls that were set aside as new ones are, under the ids that they had."""
    has = {name for _, name, *_ in connection.execute("PRAGMA table_info(older_usage)")}
    columns = ", ".join(name if name in has else f"NULL AS {name}" for name in Call._fields)
    arrivals = Arrivals(connection)
    for number, *call in connection.execute(f"SELECT {columns} FROM older_usage ORDER BY id"):
        arrivals.last = number - 1
        if arrivals.add(call) == COUNT_EACH:
            arrivals.write(connection)
    arrivals.write(connection)
    connection.execute("DROP TABLE older_usage")
