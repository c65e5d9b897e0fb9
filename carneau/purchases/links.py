from itsdangerous import Signer

from carneau.core import settings
from carneau.purchases.models import Purchase

SALT = "carneau.purchases.link"


def url(purchase: Purchase) -> str:
    """The absolute address that shows a guest their purchase. Nothing of it is stored; it lives as long as the key."""
    return f"{settings.current().base_url}/purchases/{purchase.ref}?key={key(purchase.ref)}"


def key(ref: str) -> str:
    return _signer().get_signature(ref).decode()


def is_valid(ref: str, key: str) -> bool:
    return key.isascii() and ref.isascii() and _signer().verify_signature(ref.encode(), key.encode())


def _signer() -> Signer:
    """Newest key last: it signs, and the older ones still open links until they are taken out of the settings."""
    ours = settings.current()
    return Signer([*reversed(ours.secret_key_fallbacks), ours.secret_key], salt=SALT)
