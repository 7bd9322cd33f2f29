"""The API manager: `portal_api` for consumers, `management_api` for providers.

What it writes to the store, the gateway reads there.
"""
