"""The API gateway: path, key or token, policies, endpoint, usage row, answer.

It behaves as Gravitee APIM's V2 gateway does (https://documentation.gravitee.io/apim).
"""

from intark_lab.gateway.gateway import Gateway

__all__ = ["Gateway"]
