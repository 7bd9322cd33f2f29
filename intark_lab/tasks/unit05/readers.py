"""How the answers of this unit are read in the kernel: tables with their index, and a figure."""

from intark_lab.tasks.plain import plain
from intark_lab.tasks.unit05.figures import read_figure


def read_table(answer):
    """A table as plain data, with an index that says something as columns of it."""
    if hasattr(answer, "reset_index") and hasattr(answer, "index"):
        answer = _with_moments(_with_index(answer))
    elif isinstance(answer, dict) and answer and all(isinstance(key, tuple) for key in answer):
        answer = [(*key, value) for key, value in answer.items()]
    return plain(answer)


def read_tables(answer):
    """A dict of tables."""
    if isinstance(answer, dict):
        return {str(name): read_table(table) for name, table in answer.items()}
    return plain(answer)


def _with_index(table):
    """A series without a name of its own gets `calls`; without named indexes it is a mapping."""
    is_named = any(name is not None for name in table.index.names)
    if hasattr(table, "columns"):
        counts = type(table.index).__name__ == "RangeIndex"
        return table if counts and not is_named else table.reset_index()
    if not is_named:
        return table
    return table.reset_index() if table.name is not None else table.reset_index(name="calls")


def _with_moments(table):
    """Hours as pandas' periods become the moments at which they begin."""
    for name in getattr(table, "columns", ()):
        if hasattr(getattr(table[name], "dtype", None), "freq"):
            table = table.assign(**{name: table[name].dt.to_timestamp()})
    return table


READERS = {"5.1": read_table, "5.2": read_tables, "5.4": read_figure}
