"""The API manager. What it writes to the store, the gateway reads there."""

from intark_lab.manager.management_api import management
from intark_lab.manager.portal_api import portal

__all__ = ["management", "portal"]
