"""Secrets that are shown once. They follow from the seed in the form that asked for them, so that the second of two
clicks is answered like the first, and what is kept is enough to know them again but not to tell them."""

import base64
import hashlib
import hmac

from carneau.core import settings


def of(purpose: str, organisation_id: int, seed: str) -> str:
    """256 bits that only this installation can compute, safe in headers and URLs."""
    key = settings.current().secret_key.encode()
    mac = hmac.new(key, f"carneau {purpose}\x00{organisation_id}\n{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
