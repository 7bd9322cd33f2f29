"""BROM, the self-service portal (selvbetjeningsportalen) for messages: who sends to whom.

Application: a service that sends or receives, with a virtual host, a user and a password of its
own. Provider (tilbyder): an application that documents its notifications. Access (tilgang): what a
consumer asks of a provider, and what became of it. What each step does to the broker is in
`wiring`; the steps are `Brom` in `portal`; `site` has them over HTTP, an interface of the course's
own that `data/brom/openapi.json` describes.
"""
