"""How the answers of this unit are read in the kernel: tables with their index, and a figure."""

from intark_lab.tasks.plain import plain
from intark_lab.tasks.unit05.figures import read_figure


def read_table(answer):
    """A table as plain data, an index with names as columns of it."""
    if hasattr(answer, "reset_index") and hasattr(answer, "index"):
        if any(name is not None for name in answer.index.names):
            named = hasattr(answer, "columns") or answer.name is not None
            answer = answer.reset_index() if named else answer.reset_index(name="calls")
        answer = _with_moments(answer)
    elif isinstance(answer, dict) and answer and all(isinstance(key, tuple) for key in answer):
        answer = [(*key, value) for key, value in answer.items()]
    return plain(answer)


def _with_moments(table):
    """Hours as pandas' periods become the moments at which they begin."""
    columns = getattr(table, "columns", ())
    periods = [name for name in columns if hasattr(getattr(table[name], "dtype", None), "freq")]
    return table.assign(**{name: table[name].dt.to_timestamp() for name in periods})


READERS = {"5.1": read_table, "5.4": read_figure}
