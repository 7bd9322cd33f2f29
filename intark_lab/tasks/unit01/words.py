"""Words as learners write them: English or Norwegian, in any case, with hyphens or an article."""

ALSO = {
    "api katalog": "api catalogue",
    "catalogue": "api catalogue",
    "catalog": "api catalogue",
    "api catalog": "api catalogue",
    "manager": "api manager",
    "gateway": "api gateway",
    "meldingskø": "message queue",
    "queue": "message queue",
    "rabbitmq": "message queue",
    "selvbetjeningsportalen": "self service portal",
    "selvbetjeningsportal": "self service portal",
    "portal": "self service portal",
    "brom": "self service portal",
    "tilbyder": "provider",
    "datatilbyder": "provider",
    "data provider": "provider",
    "konsument": "consumer",
    "datakonsument": "consumer",
    "data consumer": "consumer",
    "dataeier": "data owner",
    "owner": "data owner",
    "dataforvalter": "data steward",
    "steward": "data steward",
    "hendelsesbasert provisjonering": "event driven",
    "hendelsesbasert": "event driven",
    "event driven provisioning": "event driven",
    "api as data store": "data store",
    "api som datalager": "data store",
    "datalager": "data store",
    "full sync": "full synchronisation",
    "full synchronization": "full synchronisation",
    "fullstendig provisjonering": "full synchronisation",
    "fullsynk": "full synchronisation",
}
"""Other names, and what the course calls it."""


def known(word, names: tuple[str, ...]) -> str | None:
    """Which of `names` the learner's word means; None where it is none of them."""
    if not isinstance(word, str):
        return None
    plain = _plain(word)
    plain = ALSO.get(plain, plain)
    return next((name for name in names if _plain(name) == plain), None)


def _plain(word: str) -> str:
    words = word.casefold().replace("-", " ").replace("_", " ").split()
    return " ".join(words).removeprefix("the ")
