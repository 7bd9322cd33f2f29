"""Topic patterns: words between dots; `*` is any one word, `#` any number of words, also none."""


def matches(pattern: str, routing_key: str) -> bool:
    """Whether a message with `routing_key` passes a binding with `pattern`."""
    return _words(words(pattern), words(routing_key))


def words(key: str) -> list[str]:
    """An empty key has no words; two dots have an empty word between them."""
    return key.split(".") if key else []


def _words(pattern: list[str], key: list[str]) -> bool:
    reachable = {0}  # how many words of the pattern may be used up so far
    for word in [*key, None]:
        for at in sorted(reachable):
            while at < len(pattern) and pattern[at] == "#":
                at += 1
                reachable.add(at)
        if word is None:
            return len(pattern) in reachable
        reachable = _after(pattern, reachable, word)
    raise AssertionError


def _after(pattern: list[str], reachable: set[int], word: str) -> set[int]:
    found = set()
    for at in reachable:
        if at < len(pattern):
            if pattern[at] == "#":
                found.add(at)
            elif pattern[at] in ("*", word):
                found.add(at + 1)
    return found
