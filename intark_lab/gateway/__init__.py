"""The API gateway: path, key, path rules, limits, endpoint, usage row, answer.

It behaves as Gravitee APIM's V2 gateway does (https://documentation.gravitee.io/apim).
"""

from intark_lab.gateway.call import Gateway

__all__ = ["Gateway"]
