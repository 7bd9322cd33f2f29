"""The API manager. What it writes to the store, the gateway reads there."""

from intark_lab.manager.portal_api import portal

__all__ = ["portal"]
