"""Every module with jobs: importing it is what registers them."""

from carneau.fulfilment import jobs as fulfilment

__all__ = ["fulfilment"]
