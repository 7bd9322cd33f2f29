"""Why the manager refuses: one exception, and the refusals that several nouns share.

Codes and messages are those of Gravitee APIM 4.x (its exception classes under
`io.gravitee.rest.api.service.exceptions`); portal and management each wrap them their own way.
"""

UNEXPECTED = "unexpected"
"""The technical code of a refusal that Gravitee has no class for."""


class ManagerError(Exception):
    """A refusal: HTTP status, technical code, message, and the names it speaks of."""

    def __init__(
        self, status: int, code: str, message: str, parameters: dict[str, str] | None = None
    ):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.parameters = parameters


def not_found(noun: str, identity: str) -> ManagerError:
    """404 for an API, application, plan, page, category or subscription."""
    message = f"{noun.capitalize()} [{identity}] cannot be found."
    return ManagerError(404, f"{noun}.notFound", message, {noun: identity})


def key_not_found() -> ManagerError:
    return ManagerError(404, "apiKey.notFound", "No API Key can be found.")


def forbidden() -> ManagerError:
    message = "You do not have sufficient rights to access this resource"
    return ManagerError(403, "forbidden", message)


def unauthorized() -> ManagerError:
    message = "You must be authenticated to access this resource"
    return ManagerError(401, "unauthorized", message)


def bad_request(message: str) -> ManagerError:
    return ManagerError(400, UNEXPECTED, message)


def invalid_data(message: str) -> ManagerError:
    return ManagerError(400, "data.invalid", message)


def archived(application: str) -> ManagerError:
    message = f"Application [{application}] is archived and cannot be modified."
    return ManagerError(400, "application.archived", message, {"application": application})


def invalid_key_mode(message: str) -> ManagerError:
    return ManagerError(400, "application.apiKeyMode.invalid", message)
