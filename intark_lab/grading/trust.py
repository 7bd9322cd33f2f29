"""Makes of what a submission's process says plain outputs of a notebook, or refuses it."""


def outputs(said: object, most: int) -> list[dict]:
    """Outputs in nbformat's form, without what is none, of about `most` characters together."""
    kept, size = [], 0
    for each in said if isinstance(said, list) else ():
        output = _output(each) if isinstance(each, dict) else None
        size += len(str(output))
        if output is not None and size <= 2 * most:
            kept.append(output)
    return kept


def count(said: object) -> int | None:
    """An execution count."""
    return said if isinstance(said, int) and 0 <= said < 1_000_000 else None


def names(said: object) -> list[str]:
    """A short list of short texts."""
    return [str(each)[:200] for each in said[:20]] if isinstance(said, list) else []


def _output(said: dict) -> dict | None:
    kind = said.get("output_type")
    if kind == "stream" and said.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": said["name"], "text": str(said.get("text", ""))}
    if kind == "error":
        texts = {name: str(said.get(name, "")) for name in ("ename", "evalue")}
        lines = said.get("traceback")
        traceback = list(map(str, lines)) if isinstance(lines, list) else []
        return {"output_type": kind, **texts, "traceback": traceback}
    if kind in ("display_data", "execute_result"):
        shown = {"output_type": kind, "data": _bundle(said), "metadata": _metadata(said)}
        counted = {"execution_count": count(said.get("execution_count"))}
        return shown | counted if kind == "execute_result" else shown
    return None


def _bundle(said: dict) -> dict:
    """Data by its kind: texts, but for the kinds that are JSON."""
    data = said.get("data")
    return {
        kind: value if kind.endswith("json") else _text(value)
        for kind, value in (data.items() if isinstance(data, dict) else ())
    }


def _text(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _metadata(said: dict) -> dict:
    metadata = said.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
