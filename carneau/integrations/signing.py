"""How a receiver knows that a delivery is ours, and fresh: the scheme of Stripe's webhooks."""

import hashlib
import hmac

HEADER = "Carneau-Signature"


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>", in hex>`."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"
